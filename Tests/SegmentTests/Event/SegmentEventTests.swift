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
            ("2000-02-29T00:00:00Z", 951_782_400), ("1969-12-31T23:59:59Z", -1), ("2023-10-12", nil),
            ("2023-13-12T10:11:12Z", nil),
            ("2023-10-12T25:11:12Z", nil), ("2023-10-12T10:11:12.Z", nil), ("2023-10-12T10:11:12Zx", nil),
            ("yesterday", nil), ("", nil),
        ] as [(String, Double?)]
    )
    func occurredAt(timestamp: String, seconds: Double?) throws {
        #expect(try SegmentEvent(["type": "x", "timestamp": .string(timestamp)]).occurredAt == seconds)
        #expect(try SegmentEvent(["type": "x", "timestamp": 5, "sentAt": .string(timestamp)]).occurredAt == seconds)
    }
}
