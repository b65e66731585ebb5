import DevKit
import JSON
import Segment
import Support
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
            entry.faults == [
                .inBatch(index: 1, .foreign(.untyped, .missingType)),
                .inBatch(index: 2, .typeIsNotText(found: "number")),
            ]
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
        #expect(EntryError.mixedBatch.description.contains("one by one"))
    }

    /// Two numbers of 64 bits that JavaScript would take for one are two contacts, wherever they are written.
    @Test(arguments: 0..<4)
    func longNumbersAreContactsOfTheirOwn(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let number = Int64.random(in: (1 << 53)...Int64.max, using: &generator)
            let texts = [
                #"{"type":"identify","userId":\#(number)}"#, #"{"type":"identify","userId":"\#(number)"}"#,
                #"{"batch":[{"type":"track","userId":\#(number)},{"type":"track","userId":"\#(number)"}]}"#,
            ]
            for text in texts {
                let entry = decode([("event", text)])
                #expect(entry.contactKey == "\(number)")
                #expect(entry.events.allSatisfy { $0.json["userId"] == .string("\(number)") })
            }
            #expect(decode([("event", #"{"type":"track","userId":\#(number)0000}"#)]).faults == [.roundedUserId])
            #expect(decode([("type", "track"), ("userId", "\(number)0000")]).contactKey == "\(number)0000")
        }
    }

    @Test func aCloudEventIsOpened() throws {
        let inner = #"{"type":"Track","userId":"u","event":"E"}"#
        let quoted = JSONValue.string(inner).jsonText
        for data in [inner, quoted] {
            let text =
                #"{"specversion":"1.0","id":"9","source":"s","type":"com.dapr","time":"2023-10-12T10:11:12Z","data":\#(data)}"#
            let entry = decode([("data", text)])
            let event = try #require(entry.events.first)
            #expect(entry.contactKey == "u")
            #expect(event.type == "track")
            #expect(event.messageId == "s 9")
            #expect(event.occurredAt == 1_697_105_472)
        }
        let batch =
            #"{"specversion":"1.0","id":"9","source":"s","type":"x","data":{"batch":[{"type":"page","userId":"u"}]}}"#
        #expect(decode([("event", batch)]).events.map(\.type) == ["page"])
        let other = try #require(
            decode([("event", #"{"specversion":"1.0","id":"9","source":"s","type":"x","data":{"a":1}}"#)]).events.first
        )
        #expect(!other.hasKnownType && other.look == .cloudEvent)
    }

    @Test func fieldsThatAreEachJSON() throws {
        let entry = decode([
            ("type", #""identify""#), ("messageId", #""m""#), ("userId", "42"), ("traits", #"{"email":"e"}"#),
            ("_class", #""com.acme.Identify""#), ("note", "plain"),
        ])
        #expect(entry.contactKey == "42")
        #expect(entry.events.first?.messageId == "m")
        #expect(entry.events.first?.json["traits"] == ["email": "e"])
        #expect(entry.events.first?.json["note"] == "plain")
    }

    @Test func flattenedFieldsArePutTogether() {
        let entry = decode([
            ("@class", "com.acme.Identify"), ("type", "identify"), ("traits.email", "e"),
            ("traits.address.city", "Oslo"),
            ("traits.tags.[0]", "a"), ("traits.tags.[1]", "b"), ("traits.email", "later"), ("userId", "u"),
            ("traitsx.a", "1"),
            ("properties", #"{"a":1}"#), ("properties.b", "2"), ("traits..x", "3"), ("context.a.b", "4"),
            ("context.a", "5"),
        ])
        #expect(
            entry.events.first?.json == [
                "@class": "com.acme.Identify", "type": "identify", "userId": "u", "traitsx.a": "1", "traits..x": "3",
                "traits": ["email": "e", "address": ["city": "Oslo"], "tags": ["a", "b"]],
                "properties": ["a": 1, "b": "2"],
                "context": ["a": ["b": "4"]],
            ]
        )
    }

    /// Swift would take the two forms of a letter for one.
    @Test func namesAreToldApartByTheirBytes() {
        let entry = decode([
            ("type", "track"), ("\u{e9}", "1"), ("e\u{301}", "2"), ("traits.\u{e9}", "3"), ("traits.e\u{301}", "4"),
        ])
        #expect(
            entry.events.first?.json == [
                "type": "track", "\u{e9}": "1", "e\u{301}": "2", "traits": ["\u{e9}": "3", "e\u{301}": "4"],
            ]
        )
    }

    /// Flattening an object and putting it together are each other's inverse.
    @Test(arguments: 0..<4)
    func flattenedAndBack(seed: UInt64) throws {
        func object(_ depth: Int, _ generator: inout SplitMix64) -> JSONObject {
            JSONObject(
                (0..<Int.random(in: 1...3, using: &generator)).map { index in
                    (
                        "k\(index)",
                        depth < 4 && Bool.random(using: &generator)
                            ? .object(object(depth + 1, &generator)) : .string("v\(index)")
                    )
                }
            )
        }
        func fields(_ value: JSONValue, _ name: String) -> [(String, String)] {
            switch value {
            case .object(let members): members.flatMap { fields($0.value, "\(name).\($0.key)") }
            default: [(name, value.stringValue ?? "")]
            }
        }
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let traits = JSONValue.object(object(0, &generator))
            let flat = fields(traits, "traits").shuffled(using: &generator)
            #expect(decode([("type", "identify")] + flat).events.first?.json["traits"] == traits)
        }
    }

    /// Quadratic work would take minutes here.
    @Test func manyFlatFieldsCostTheirOwnLength() {
        let many = (0..<30_000).map { ("traits.a\($0)", "v") } + (0..<30_000).map { ("context.a.b\($0)", "v") }
        let entry = decode([("type", "identify")] + many, .init(entryBytes: .max))
        #expect(entry.events.first?.json["traits"]?.objectValue?.count == 30_000)
        let deep = "traits" + String(repeating: ".a", count: 100_000)
        #expect(decode([("type", "identify"), (deep, "v")]).events.first?.json[deep] == "v")
    }

    @Test(arguments: ["null", ""])
    func fieldsOfNothingAreAsIfAbsent(value: String) {
        let entry = decode([
            ("type", "track"), ("userId", "u"), ("properties", value), ("context", value), ("traits", value),
        ])
        #expect(entry.events.first?.json == ["type": "track", "userId": "u"])
    }

    @Test func nullOfABatchEventIsAsIfAbsent() {
        let entry = decode([("event", #"{"batch":[{"type":"track","context":null}],"context":{"a":1}}"#)])
        #expect(entry.events.first?.json["context"] == ["a": 1])
    }

    /// Each is refused with words that name it and say what to change.
    @Test(
        arguments: [
            ([("event", #"b'{"type":"identify"}'"#)], .python, "json.dumps"),
            ([("event", "{'type': 'identify'}")], .python, "json.dumps"),
            ([("message", #"{"body":"{}","headers":{"type":"App"}}"#)], .symfony, "Symfony"),
            ([("payload", #"{"uuid":"1","displayName":"App","job":"x@call","data":{}}"#)], .laravel, "Laravel"),
            ([("event", #"{"event":"$identify","distinct_id":"c","properties":{}}"#)], .postHog, "'type'"),
            ([("event", "Signed Up"), ("userId", "c25"), ("properties", "{}")], .untyped, "'type'"),
            ([("event", #"{"userId":"u","traits":{}}"#)], .untyped, "'type'"),
            ([("x", #"a:1:{s:4:"type";s:5:"track";}"#)], .php, "json_encode"),
            ([("event", #"{"op":"c","after":{"id":1},"source":{}}"#)], .changeData, "change-data"),
            ([("__data__", #"{"data":"x","headers":{}}"#)], .fastStream, "FastStream"),
        ] as [([(String, String)], EntryLook, String)]
    )
    func namesWhatItLooksLike(fields: [(String, String)], look: EntryLook, advice: String) throws {
        let entry = decode(fields)
        let fault = try #require(entry.faults.first)
        #expect(entry.events.isEmpty && fault.look == look)
        #expect(fault.description.contains(advice), "\(fault)")
    }

    @Test(
        arguments: [
            ([0x1f, 0x8b, 0x08, 0x00], .compressed), ([0xac, 0xed, 0x00, 0x05, 0x74], .java),
            ([0x89, 0x42, 0x49, 0x4e, 0x0d, 0x0a, 0x1a], .fastStream), ([0x28, 0xb5, 0x2f, 0xfd], .compressed),
        ] as [([UInt8], EntryLook)]
    )
    func namesBytes(bytes: [UInt8], look: EntryLook) {
        #expect(EntryDecoder().decode([(Array("event".utf8), bytes)]).faults.map(\.look) == [look])
    }

    @Test(
        arguments: [
            (["database": "shop", "table": "users", "type": "insert"], .changeData), (["type": "insert"], .otherType),
            (["specversion": "1.0", "id": "1", "source": "s", "type": "x"], .cloudEvent), ([:], .unknown),
            (["a": 1], .unknown),
        ] as [(JSONObject, EntryLook)]
    )
    func looks(object: JSONObject, look: EntryLook) {
        #expect(EntryLook(of: object) == look)
        #expect(EntryLook.allCases.allSatisfy { !$0.advice.isEmpty })
    }
}
