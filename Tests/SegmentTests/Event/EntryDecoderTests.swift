import JSON
import Segment
import Testing

@Suite struct EntryDecoderTests {
    private func decode(_ fields: [(String, String)], _ limits: EntryDecoder.Limits = .init()) -> DecodedEntry {
        EntryDecoder(limits: limits).decode(fields.map { (Array($0.0.utf8), Array($0.1.utf8)) })
    }

    @Test(arguments: ["event", "data", "payload", "message", "json", "body", "anything"])
    func oneFieldOfAnyName(name: String) {
        let entry = decode([(name, #" {"type":"track","userId":"u","messageId":"m"}"#)])
        #expect(entry.events.map(\.type) == ["track"])
        #expect(entry.events.first?.messageId == "m")
        #expect(entry.contactKey == "u")
        #expect(entry.faults.isEmpty)
    }

    @Test func theFirstNameThatHoldsAnObjectCounts() {
        let json = #"{"type":"identify"}"#
        #expect(decode([("body", "{}"), ("x", "1"), ("data", json)]).events.map(\.type) == ["identify"])
        #expect(decode([("event", "Signed Up"), ("data", json)]).events.map(\.type) == ["identify"])
        #expect(decode([("data", json), ("data", "{}")]).events.map(\.type) == ["identify"])
        #expect(decode([("type", "track"), ("event", json)]).events.map(\.type) == ["identify"])
    }

    @Test func flatFields() {
        let entry = decode([
            ("type", "track"), ("event", "Signed Up"), ("userId", "42"), ("properties", #"{"plan":"pro"}"#),
            ("traits", ""), ("type", "x"),
        ])
        #expect(entry.contactKey == "42")
        #expect(
            entry.events.first?.json == [
                "type": "track", "event": "Signed Up", "userId": "42", "properties": ["plan": "pro"],
            ]
        )
    }

    @Test func aBatchOfOneContact() {
        let entry = decode([
            (
                "event",
                #"{"batch":[{"type":"identify","userId":"u","context":{"a":1}},{"type":"track","userId":"u"}],"context":{"b":2},"integrations":{"All":false}}"#
            )
        ])
        #expect(entry.contactKey == "u")
        #expect(entry.events.map(\.type) == ["identify", "track"])
        #expect(entry.events.map { $0.json["context"] } == [["a": 1], ["b": 2]])
        #expect(entry.events.map { IntegrationRule().skips($0) } == [true, true])
    }

    @Test func aBatchWithOneBadEventKeepsTheOthers() {
        let entry = decode([
            ("event", #"{"batch":[{"type":"track","userId":"u"},{"userId":"u"},{"type":5,"userId":"u"}]}"#)
        ])
        #expect(entry.events.count == 1)
        #expect(
            entry.faults == [.inBatch(index: 1, .missingType), .inBatch(index: 2, .typeIsNotText(found: "number"))]
        )
        #expect(entry.contactKey == "u")
    }

    @Test func anEventMayHaveAMemberNamedBatch() {
        #expect(decode([("event", #"{"type":"track","batch":[1]}"#)]).events.count == 1)
    }

    @Test(
        arguments: [
            ([], "emptyEntry", nil),
            ([("a", "{}"), ("b", "{}")], "noEventField", nil),
            ([("event", "")], "notJSON", nil),
            ([("event", "{")], "notJSON", nil),
            ([("x", "nope")], "notJSON", nil),
            ([("event", "\u{feff}{}")], "notJSON", nil),
            ([("event", "[]")], "notAnObject", nil),
            ([("event", "5")], "notAnObject", nil),
            ([("event", #"{"userId":"u"}"#)], "missingType", "u"),
            ([("event", #"{"userId":"u","type":""}"#)], "missingType", "u"),
            ([("event", #"{"userId":"u","type":null}"#)], "missingType", "u"),
            ([("event", #"{"userId":"u","type":["track"]}"#)], "typeIsNotText", "u"),
            ([("event", #"{"batch":{}}"#)], "batchIsNotAnArray", nil),
            ([("event", #"{"batch":[]}"#)], "emptyBatch", nil),
            ([("event", #"{"batch":[{"type":"track","userId":"u"},5]}"#)], "notAnObject", nil),
            (
                [("event", #"{"batch":[{"type":"track","userId":"u"},{"type":"track","userId":"v"}]}"#)], "mixedBatch",
                nil
            ),
            ([("event", #"{"batch":[{"type":"track","userId":"u"},{"type":"track"}]}"#)], "mixedBatch", nil),
            ([("type", "track"), ("traits", "{")], "notJSON", nil),
            ([("type", "track"), ("traits", "[]")], "notAnObject", nil),
            ([("type", "")], "missingType", nil),
        ] as [([(String, String)], String, String?)]
    )
    func faults(fields: [(String, String)], code: String, key: String?) {
        let entry = decode(fields)
        #expect(entry.events.isEmpty)
        #expect(entry.faults.map(\.code) == [code])
        #expect(entry.contactKey == key)
        #expect(entry.faults.allSatisfy { !$0.description.isEmpty })
    }

    @Test func bytesThatAreNoText() {
        let decoder = EntryDecoder()
        #expect(decoder.decode([(Array("event".utf8), [0xff, 0xfe])]).faults.map(\.code) == ["notJSON"])
        let type: EntryDecoder.Field = (Array("type".utf8), Array("track".utf8))
        #expect(decoder.decode([type, (Array("userId".utf8), [0xff])]).faults == [.notUTF8(field: "userId")])
        #expect(decoder.decode([type, ([0xff], [])]).faults.map(\.code) == ["notUTF8"])
    }

    @Test func limits() {
        let event = #"{"type":"track","userId":"u"}"#
        let limits = EntryDecoder.Limits(entryBytes: event.utf8.count, batchEvents: 1)
        #expect(decode([("event", event)], limits).events.count == 1)
        #expect(
            decode([("event", event + " ")], limits).faults == [
                .tooLarge(bytes: event.utf8.count + 1, limit: event.utf8.count)
            ]
        )
        let two = decode([("event", #"{"batch":[{},{}]}"#)], limits)
        #expect(two.faults == [.tooManyEvents(count: 2, limit: 1)])
        let deep = String(repeating: "[", count: 100_000)
        #expect(decode([("event", "{\"a\":" + deep)]).faults.map(\.code) == ["notJSON"])
    }

    @Test func aMixedBatchSaysWhatToDo() {
        #expect(EntryFault.mixedBatch.description.contains("one by one"))
    }
}
