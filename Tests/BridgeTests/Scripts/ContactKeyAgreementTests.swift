import RedisStreams
import Segment
import Testing

@testable import Bridge

/// Two programs read an entry's contact: the script inside Redis, in Lua, and the bridge. If they ever differ, two events of one contact may
/// come to two partitions and lose their order when a bridge takes up what is pending. Nothing else would notice.
@Suite("The script and the bridge agree on every entry's contact", .timeLimit(.minutes(5)))
struct ContactKeyAgreementTests {
    private static let partitions = 997
    private static let perSeed = 1500

    private static let paths: [[String]] = [
        ContactKeyRule.defaultPaths,
        [
            "traits.é", "é", "context.traits.email", "K", "traits.K", ".properties..email.", "", "a.b", "b", "0",
            "batch",
        ],
    ]

    @Test("Random entries of all shapes", arguments: 0..<8)
    func random(seed: UInt64) async throws {
        var entries = RandomEntries(seed: seed)
        let fields = (0..<Self.perSeed).map { _ in entries.next() }
        try await check(fields, paths: Self.paths[Int(seed % 2)], leastReadable: Self.perSeed / 3)
    }

    @Test("Entries that were thought of")
    func chosen() async throws {
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let events = [
            #"{"type":"x","userId":"a","userId":"b"}"#, #"{"type":"x","userId":"a","userId":null}"#,
            #"{"type":"x","userId":42.0}"#, #"{"type":"x","userId":-0}"#, #"{"type":"x","userId":"42"}"#,
            #"{"type":"x","userId":"","anonymousId":7}"#, #"{"type":"x","userId":{"a":1},"traits":{"email":"e"}}"#,
            #"{"type":"x","traits":[{"email":"e"}],"anonymousId":"z"}"#, #"{"type":"x","userId":"\ud83d"}"#,
            #"{"type":"x","userId":"\\ud83d\ud83d\ude00\ude00"}"#,
            #"{"type":"x","batch":[{"userId":"b"}],"userId":"a"}"#,
            #"{"batch":[{"type":"x","userId":1},{"type":"x","userId":1.0},{"type":"y","userId":"1"}]}"#,
            #"{"batch":[{"type":"x"},{"type":"x"}],"userId":"outer"}"#, #"{"type":"x","userId":"u","deep":\#(deep)}"#,
            #"{"type":"x","userId":"é"}"#, #"{"type":"x","userId":"e\u0301"}"#,
            // What may be read without being decoded, and what looks like it.
            #"{"type":"x","context":{"userId":"inner"}}"#,
            #"{"type":"x","context":{"userId":"inner"},"anonymousId":"z"}"#,
            #"{"context":{"userId":"inner"},"type":"x","userId":"outer"}"#,
            #"{"context":{"a":"}"},"type":"x","userId":"outer"}"#,
            #"{"context":{"a":"}","userId":"inner"},"type":"x"}"#,
            #"{"a":"{","type":"x","userId":"outer"}"#, #"{"a":[{"b":"{"},{}],"type":"x","userId" : "outer"}"#,
            #"{"a":"say \"userId\":\"no\"","type":"x","userId":"outer"}"#,
            #"{"say \"userId":"no","type":"x","anonymousId":"z"}"#, #"{"type":"x","event":"userId","anonymousId":"z"}"#,
            #"{"event":"userId","type":"x","userId":"outer"}"#, #"{"type":"x","userId":"a","us\u0065rId":"b"}"#,
            #"{"type":"x","userId":"a\nb"}"#, #"{"type":"x","userId":null,"traits":{"email":"e"}}"#,
            #"{"type":"x","anonymousId":"z","note":"c:\\temp"}"#, #"{"type":"x","note":"c:\\","userId":"u"}"#,
            #"{"type":"batch","userId":"u"}"#, #"{"type":"x","userId":"u","batch":1}"#,
        ]
        let flat: [[StreamField]] = [
            [StreamField("type", "x"), StreamField("userId", "a"), StreamField("userId", "b")],
            [StreamField("type", "x"), StreamField("userId", ""), StreamField("userId", "b")],
            [StreamField("type", "x"), StreamField("traits", ""), StreamField("traits", #"{"email":"e"}"#)],
            [StreamField("type", "x"), StreamField("event", "E"), StreamField("traits", #"{"email":"e"}"#)],
            [StreamField("event", "E"), StreamField("data", #"{"type":"x","userId":"d"}"#), StreamField("type", "x")],
        ]
        let fields = events.map { [StreamField("event", $0)] } + flat
        try await check(fields, paths: ContactKeyRule.defaultPaths, leastReadable: fields.count)
    }

    /// Routes entries with the script and compares with what Swift reads.
    /// - Parameter leastReadable: how many of them Swift reads at least, so that the comparison is not empty.
    private func check(_ entries: [[StreamField]], paths: [String], leastReadable: Int) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: Self.partitions, paths: paths)
            let commands = entries.map { fields in
                RedisCommand(
                    "XADD",
                    [.string(fixture.stream), "*"] + fields.flatMap { [.bytes($0.name), .bytes($0.value)] }
                )
            }
            let ids = try await fixture.client.pipeline(commands).map { StreamID(try $0.get()) }
            while try await session.route(paths: paths).entries > 0 {}
            var consumers: [StreamID: String] = [:]
            for (consumer, ids) in try await fixture.pending() { for id in ids { consumers[id] = consumer } }
            #expect(consumers.count == entries.count)

            let decoder = EntryDecoder(contactKeyRule: ContactKeyRule(paths: paths))
            var readable = 0
            for (fields, id) in zip(entries, ids) {
                let decoded = decoder.decode(fields.map { (name: $0.name, value: $0.value) })
                // What holds no event is dead-lettered; its order is nobody's concern.
                guard let id, !decoded.events.isEmpty else { continue }
                // The script knows neither envelopes nor other spellings, and rounds long numbers.
                guard Self.isKnownToBoth(decoded, fields) else { continue }
                readable += 1
                let key = decoded.contactKey ?? id.description
                let partition = try #require(ScriptFixture.partition(of: key, partitions: Self.partitions))
                #expect(consumers[id] == PartitionName.of(partition), "\(key.debugDescription): \(Self.text(fields))")
            }
            #expect(readable >= leastReadable)
        }
    }

    private static func isKnownToBoth(_ decoded: DecodedEntry, _ fields: [StreamField]) -> Bool {
        let isSpelledOtherwise = decoded.events.contains { $0.oddities.contains { $0.kind != .unreadableTime } }
        let hasLongNumber = decoded.contactKey.flatMap { Int128($0) }.map { $0.magnitude >= 1 << 53 } ?? false
        let hasDottedField = fields.contains { field in
            EntryDecoder.jsonFieldNames.contains { field.name.starts(with: "\($0).".utf8) }
        }
        return !isSpelledOtherwise && !hasLongNumber && !hasDottedField
    }

    private static func text(_ fields: [StreamField]) -> String {
        fields.map { "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))" }
            .joined(separator: " & ").debugDescription
    }
}
