import JSON
import Segment
import Testing

@Suite struct SegmentEventTests {
    @Test(
        arguments: [
            (["type": "x", "integrations": ["Loops (Actions)": false]], true),
            (["type": "x", "integrations": ["Loops": false, "Loops (Actions)": true]], true),
            (["type": "x", "integrations": ["actions-loops": false]], true),
            (["type": "x", "integrations": ["All": false]], true),
            (["type": "x", "integrations": ["All": false, "Loops (Actions)": true]], false),
            (["type": "x", "integrations": ["All": false, "Loops": [:]]], false),
            (["type": "x", "integrations": ["All": false, "Loops (Actions)": "yes"]], true),
            (["type": "x", "integrations": ["All": false, "Other": true]], true),
            (["type": "x", "integrations": ["All": true]], false),
            (["type": "x", "integrations": ["All": 0]], false),
            (["type": "x", "integrations": [false]], false),
            (["type": "x"], false),
        ] as [(JSONValue, Bool)]
    )
    func integrations(event: JSONValue, isSkipped: Bool) throws {
        #expect(try IntegrationRule().skips(SegmentEvent(event)) == isSkipped)
    }

    @Test func theIntegrationsNameIsConfigurable() throws {
        let event = try SegmentEvent(["type": "x", "integrations": ["Mine": false]])
        #expect(IntegrationRule(name: "Mine").skips(event))
        #expect(!IntegrationRule().skips(event))
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2023-10-12T10:11:12Z", 1_697_105_472),
            ("2023-10-12T10:11:12.500Z", 1_697_105_472.5),
            ("2023-10-12T12:11:12+02:00", 1_697_105_472), ("2023-10-12T12:11:12+0200", 1_697_105_472),
            ("2023-10-12 10:11", 1_697_105_460),
            ("2000-02-29T00:00:00Z", 951_782_400), ("1969-12-31T23:59:59Z", -1), ("2023-10-12", 1_697_068_800),
            // Not ISO 8601, and read all the same.
            ("Thu, 12 Oct 2023 10:11:12 GMT", 1_697_105_472), ("2023-10-12 10:11:12 UTC", 1_697_105_472),
            ("2023-10-12 12:11:12 +0200", 1_697_105_472), ("Oct 12, 2023 10:11 AM", 1_697_105_460),
            ("2023-10-12 10:11:12.500000+00:00", 1_697_105_472.5), (" 1697105472 ", 1_697_105_472),
            ("1697105472.5", 1_697_105_472.5), ("1697105472500", 1_697_105_472.5),
            ("1697105472500000", 1_697_105_472.5),
            ("1697105472500000000", 1_697_105_472.5), ("1.6971054725e9", nil),
            ("2023-13-12T10:11:12Z", nil),
            ("2023-10-12T25:11:12Z", nil), ("2023-10-12T10:11:12Zx", nil),
            ("yesterday", nil), ("", nil), (String(repeating: "9", count: 400), nil),
        ] as [(String, Double?)]
    )
    func occurredAt(timestamp: String, seconds: Double?) throws {
        let event = try SegmentEvent(["type": "x", "timestamp": .string(timestamp)])
        #expect(event.occurredAt == seconds)
        #expect(event.oddities.map(\.kind) == (seconds == nil && !timestamp.isEmpty ? [.unreadableTime] : []))
        #expect(try SegmentEvent(["type": "x", "timestamp": [], "sentAt": .string(timestamp)]).occurredAt == seconds)
    }

    @Test(
        arguments: [
            (1_697_105_472, 1_697_105_472), (1_697_105_472.5, 1_697_105_472.5), (1_697_105_472_500, 1_697_105_472.5),
            (1_697_105_472_500_000, 1_697_105_472.5), (-1, -1), (0, 0), (true, nil), ([1_697_105_472], nil), (nil, nil),
            (1e300, nil),
        ] as [(JSONValue, Double?)]
    )
    func occurredAtANumber(timestamp: JSONValue, seconds: Double?) throws {
        #expect(try SegmentEvent(["type": "x", "timestamp": timestamp]).occurredAt == seconds)
    }

    @Test(
        arguments: [
            ("identify", "identify", false), ("IDENTIFY", "identify", true), ("Track", "track", true),
            (#""identify""#, "identify", true), (" page ", "page", true), ("'screen'", "screen", true),
            ("DELETE", "delete", true),
            ("insert", "insert", false), ("com.acme.Track", "com.acme.Track", false), ("\"", "\"", false),
        ]
    )
    func types(given: String, read: String, isOdd: Bool) throws {
        let event = try SegmentEvent(["type": .string(given)])
        #expect(event.type == read)
        #expect(event.json["type"] == .string(read))
        #expect(event.oddities == (isOdd ? [.typeSpelling(given)] : []))
    }

    @Test(
        arguments: [
            ("m", "m"), ("", nil), (77, "77"), (.uint(.max), "18446744073709551615"),
            (9_007_199_254_740_993, "9007199254740993"),
            (1.5, "1.5"), (true, nil), (nil, nil), ([1], nil),
        ] as [(JSONValue, String?)]
    )
    func messageIds(given: JSONValue, read: String?) throws {
        #expect(try SegmentEvent(["type": "track", "messageId": given]).messageId == read)
    }

    /// What a program printed for want of a value is nobody's ID.
    @Test(arguments: ["   ", "\t", "\u{a0}", "undefined", "null", "None", "nil", "NaN", "[object Object]"])
    func userIdsThatAreNone(id: String) throws {
        let event = try SegmentEvent(["type": "track", "userId": .string(id)])
        #expect(event.json["userId"] == nil)
        #expect(event.oddities == [.placeholderUserId(id)])
    }

    @Test(arguments: ["", "0", "nullable", "Null Island", "-", "u"])
    func userIdsThatStay(id: String) throws {
        #expect(try SegmentEvent(["type": "track", "userId": .string(id)]).json["userId"] == .string(id))
    }
}
