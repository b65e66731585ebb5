import Bridge
import LoopsSimulator
import RedisStreams
import Testing

@Suite(
    "Bad input is dead-lettered with a reason that a person understands, and the flow goes on",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let fields: [StreamField]
        let reason: String
        let detail: String
        var testDescription: String { name }

        init(_ name: String, _ value: String, _ reason: String, _ detail: String, field: String = "event") {
            self.init(name, [StreamField(field, value)], reason, detail)
        }

        init(_ name: String, _ fields: [StreamField], _ reason: String, _ detail: String) {
            self.name = name
            self.fields = fields
            self.reason = reason
            self.detail = detail
        }
    }

    static let cases = [
        Case("not JSON", "{\"type\":", "invalidEntry", "is not JSON"),
        Case("not an object", "[1]", "invalidEntry", "must hold a JSON object"),
        Case("no type", #"{"userId":"u"}"#, "invalidEntry", "has no 'type'"),
        Case("type of the wrong kind", #"{"type":1}"#, "invalidEntry", "must be a text"),
        Case(
            "no field for an event",
            [StreamField("a", "1"), StreamField("b", "2")],
            "invalidEntry",
            "none of the fields"
        ),
        Case(
            "invalid UTF-8",
            [StreamField(name: Array("event".utf8), value: [0x7B, 0xFF, 0x7D])],
            "invalidEntry",
            "not JSON"
        ),
        Case("missing user", #"{"type":"track","event":"E"}"#, "invalidFields", "userId"),
        Case("missing event name", #"{"type":"track","userId":"u"}"#, "invalidFields", "eventName"),
        Case("bad address", #"{"type":"identify","userId":"u","traits":{"email":"nope"}}"#, "invalidFields", "email"),
        Case(
            "traits of the wrong kind",
            #"{"type":"identify","userId":"u","traits":7}"#,
            "invalidFields",
            "customAttributes"
        ),
        Case(
            "batch of several contacts",
            #"{"batch":[{"type":"track","userId":"a","event":"E"},{"type":"track","userId":"b","event":"E"}]}"#,
            "mixedBatch",
            "one by one"
        ),
        Case(
            "1 MB value",
            "{\"type\":\"track\",\"x\":\"\(String(repeating: "x", count: 1 << 20))\"}",
            "invalidEntry",
            "at most"
        ),
        Case(
            "what Loops refuses",
            #"{"type":"track","userId":"nobody","event":"E","properties":{"a":1}}"#,
            "refused",
            "Loops refused"
        ),
    ]

    @Test("Each kind ends as a dead letter with reason, detail, original fields and ID")
    func deadLetters() async throws {
        try await Harness.run { harness in
            var ids: [StreamID] = []
            for bad in Self.cases {
                ids.append(try await harness.client.add(Harness.stream, fields: bad.fields))
                try await harness.publish([Harness.events(1)[0]])
            }
            await harness.bridge.confirmedEnds.reached(Self.cases.count * 2)
            let letters = Dictionary(grouping: try await harness.deadLetters()) { $0["id"] ?? "" }
            #expect(letters.count == Self.cases.count)
            for (id, bad) in zip(ids, Self.cases) {
                let letter = try #require(letters[id.description]?.first, "\(bad.name): no dead letter")
                #expect(letter["reason"] == bad.reason, "\(bad.name)")
                #expect(letter["detail"]?.contains(bad.detail) == true, "\(bad.name): \(letter["detail"] ?? "")")
                #expect(letter["stream"] == Harness.stream)
                // Only so much goes through a script; the letter names the entry, which stays in the stream.
                let bytes = bad.fields.reduce(0) { $0 + $1.name.count + $1.value.count }
                if bytes > 1 << 20 {
                    #expect(letter["fieldsLeftOut"] == String(bad.fields.count))
                    continue
                }
                for field in bad.fields {
                    let name = String(decoding: field.name, as: UTF8.self)
                    #expect(letter[name] == String(decoding: field.value, as: UTF8.self), "\(bad.name): \(name)")
                }
            }
            #expect(harness.bridge.status.ends.delivered == Self.cases.count)
            #expect(try await harness.pending() == 0)
        }
    }

    @Test(
        "A row of entries that are too large to be read: each is a dead letter by its ID, and what is around them arrives"
    )
    func unreadable() async throws {
        try await Harness.run(change: { $0.limits.replyBytes = 256 << 10 }) { harness in
            let large = [UInt8](
                #"{"type":"track","event":"E","userId":"u","x":"\#(String(repeating: "x", count: 3 << 20))"}"#.utf8
            )
            let events = Harness.events(20)
            try await harness.publish(Array(events.prefix(10)))
            var ids: [StreamID] = []
            for _ in 0..<8 {
                ids.append(
                    try await harness.client.add(
                        Harness.stream,
                        fields: [StreamField(name: Array("event".utf8), value: large)]
                    )
                )
            }
            try await harness.publish(Array(events.suffix(10)))
            await harness.bridge.confirmedEnds.reached(28)
            let letters = try await harness.deadLetters()
            #expect(Set(letters.compactMap { $0["id"] }) == Set(ids.map(\.description)))
            #expect(letters.allSatisfy { $0["detail"]?.contains("too large") == true }, "\(letters.first ?? [:])")
            #expect(harness.bridge.status.ends.delivered == 20)
            #expect(try await harness.pending() == 0)
        }
    }

    @Test(
        "What no mapping matches is ignored and counted",
        arguments: ["page", "screen", "group", "alias", "unheard-of"]
    )
    func ignored(type: String) async throws {
        try await Harness.run { harness in
            try await harness.publish([Array(#"{"type":"\#(type)","userId":"u"}"#.utf8)])
            await harness.bridge.confirmedEnds.reached(1)
            #expect(harness.bridge.status.ends.ignored == 1)
            #expect(harness.simulator.requests().isEmpty)
        }
    }
}
