import Bridge
import DevKit
import Foundation
import JSON
import Support
import Testing

@testable import BridgeService
@testable import loops_bridge

/// `status --url` asks whom it is told to: nothing that a server says may end the program.
@Suite("A foreign server's status")
struct ForeignStatusTests {
    private static let numbers: [JSONValue] = [
        .double(1e308), .double(-1e308), .double(.infinity), .double(-.infinity), .double(.nan), .double(-0.0),
        .double(.leastNonzeroMagnitude), .double(9.3e18), .double(-9.3e18), .int(.max), .int(.min), .uint(.max),
        .int(-1), .int(0),
        .double(0.5), .null, .string("x"), [], [:], true,
    ]

    /// A status with these numbers in turn wherever one may stand.
    private static func status(_ number: () -> JSONValue) -> JSONValue {
        func object(_ names: [String]) -> JSONValue { .object(JSONObject(names.map { ($0, number()) })) }
        func stream() -> JSONValue {
            [
                "name": "s", "weight": number(), "lag": number(), "pending": number(), "oldestUnackedSeconds": number(),
                "completionsPerSecond": number(), "catchUpSeconds": number(), "deadLetters": number(),
                "partitions": ["unassigned": number()],
                "paused": ["since": number(), "by": "b", "reason": "r"],
                "replicas": [["name": "r", "self": true, "partitions": .array((0..<20).map { _ in number() })]],
            ]
        }
        return [
            "instance": "i", "group": "g", "version": "v", "ready": true, "now": number(),
            "health": ["state": "healthy", "reasons": [number(), "r"]],
            "delivery": object(["requestsPerSecond", "limit", "effectiveRate"]),
            "backlog": object(["completionsPerSecond", "waiting", "oldestSeconds", "catchUpSeconds"]),
            "incoming": object(["accepted", "duplicates", "dropped", "acceptedPerSecond", "held", "intakes"]),
            "completed": object(["delivered", "ignored", "expired", "deadLettered", "lost"]),
            "streams": [stream(), stream(), stream()],
            "failures": .array(
                (0..<5).map { _ in object(["type", "reason", "status", "count", "contactHash", "detail", "lastSeenAt"])
                }
            ),
        ]
    }

    @Test("Every number there is, in every place", arguments: numbers.indices)
    func everywhere(index: Int) {
        let text = StatusText()
        let status = Self.status { Self.numbers[index] }
        #expect(!text.lines(status).isEmpty && !text.groupLines(status).isEmpty)
    }

    @Test("Mixed at random", arguments: 0..<4)
    func mixed(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let status = Self.status { Self.numbers.randomElement(using: &generator) ?? .null }
            #expect(!StatusText().lines(status).isEmpty)
        }
    }

    @Test("Ranges go to the ends of what a number can be")
    func ranges() {
        #expect(StatusText.ranges([.min, .max, .max - 1]) == "\(Int.min), \(Int.max), \(Int.max - 1)")
        #expect(StatusText.ranges([.max - 1, .max]) == "\(Int.max - 1)-\(Int.max)")
        #expect(StatusText.ranges([.max, .min]) == "\(Int.max), \(Int.min)")
    }

    @Test("What is no number is unknown, and what is too large stays a number")
    func shown() {
        let lines = StatusText().lines([
            "delivery": ["requestsPerSecond": .double(.nan), "limit": 10],
            "backlog": ["catchUpSeconds": .double(1e300)],
        ])
        #expect(lines.contains { $0.hasPrefix("requests  ? of 10/s") })
        #expect(lines.contains { $0.hasSuffix("caught up in for ever") })
    }
}
