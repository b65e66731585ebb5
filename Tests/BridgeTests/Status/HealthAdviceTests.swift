import Foundation
import StreamGroups
import Testing

@testable import Bridge

@Suite("HealthAdvice: the one thing to do first, and a document that exists")
struct HealthAdviceTests {
    private static let faults: [@Sendable (inout BridgeStatus) -> Void] = [
        { $0.redisConnected = false },
        { $0.delivery.hold = "unauthorized" },
        { $0.delivery.hold = "wrongAddress" },
        { ($0.delivery.hold, $0.delivery.failure) = ("outage", "no answer") },
        { ($0.delivery.isUnreached, $0.delivery.failure) = (true, "refused") },
        { $0.delivery.limiterFailure = "NOPERM" },
        { $0.streams[0].primaryDoubt = .otherPrimary },
        { $0.streams[0].fault = "WRONGTYPE" },
        { $0.streams[0].letterProblem = "OOM" },
        { $0.streams[0].figuresProblem = "NOPERM" },
        { $0.isDrained = true },
        { $0.streams[0].pause = Pause(by: "ann", reason: "r") },
        { $0.redisAdvice = "another form" },
        { $0.delivery.doubtsAddress = true },
        { $0.streams[0].outOfOrder = 1 },
        { $0.streams[0].sentLate = 1 },
        { $0.streams[0].lost = 1 },
        { $0.streams[0].unassigned = 2 },
        { $0.mappingsRefused = true },
        { $0.mismatches = ["another contact"] },
        { ($0.delivery.hold, $0.delivery.limit, $0.delivery.pace) = ("throttled", 10, 2) },
        { $0.delivery.stillSeconds = 60 },
    ]

    @Test("Whatever is wrong has an advice, and its section is there", arguments: faults.indices)
    func all(index: Int) throws {
        let status = BridgeStatus.sample(Self.faults[index])
        #expect(status.health.state != .healthy)
        let advice = try #require(HealthAdvice(status), "\(status.health.reasons)")
        let parts = advice.document.split(separator: "#")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: String(parts[0])), encoding: .utf8)
        let sections = text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3).lowercased() }
        #expect(parts.count == 1 || sections.contains(String(parts[1])), "\(advice.document)")
    }

    @Test("Nothing is to be done while all is well, and while the process stops; a hold comes before a worry")
    func order() {
        #expect(HealthAdvice(BridgeStatus.sample { _ in }) == nil)
        #expect(
            HealthAdvice(BridgeStatus.sample { ($0.delivery.isDraining, $0.redisConnected) = (true, false) }) == nil
        )
        let both = BridgeStatus.sample { ($0.delivery.hold, $0.mappingsRefused) = ("unauthorized", true) }
        #expect(HealthAdvice(both)?.document == "docs/how-to/runbook.md#loopsbridgekeyrejected")
    }

    @Test("The history knows since when the state is what it is, also beyond the samples that it keeps")
    func since() {
        var history = StatusHistory()
        #expect(history.since(.healthy) == nil)
        for at in 0..<1000 {
            history.append(.init(at: Double(at), state: at < 10 ? .healthy : .blocked))
        }
        #expect(history.since(.blocked) == 10 && history.since(.healthy) == nil)
        history.append(.init(at: 1000, state: .healthy))
        #expect(history.since(.healthy) == 1000)
    }
}
