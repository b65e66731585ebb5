import DevKit
import Foundation
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

/// Everything that a user of the program may not do is only seen as such a user: root may set any socket option and write anywhere.
@Suite(
    "The program under the restrictions of the image, the manifests and the unit",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct UnprivilegedTests {
    private static let narrow = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".ci/unprivileged").path

    @Test("No user's rights, no capability, no HOME, a file system that takes nothing: 500 events arrive")
    func delivers() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await Harness.publish(Harness.events(500), client)
                    let lines = try await Program.run(
                        redis: redis.url,
                        loops: "\(ports.baseURL)/v1",
                        key: TeamSeed.defaultKey,
                        through: [Self.narrow]
                    ) { child in
                        _ = await simulator.wait { simulation in
                            simulation.journal.elements().count { $0.isCommitted } >= 500
                        }
                        try Self.expectNarrow(child.processID)
                        child.send(SIGTERM)
                        await child.exited()
                        return child.output
                    }
                    let audit = DeliveryAudit(simulator.evidence())
                    #expect(audit.isClean && audit.committed == 500)
                    #expect(!lines.contains { $0.contains("denied") || $0.contains("not permitted") })
                }
            }
        }
    }

    /// That the test tests what it says.
    private static func expectNarrow(_ processID: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        func field(_ name: String) -> [Substring] {
            let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") } ?? ""
            return line.split(whereSeparator: \.isWhitespace).dropFirst().map { $0 }
        }
        #expect(field("Uid").allSatisfy { $0 != "0" })
        #expect(field("CapEff") == ["0000000000000000"] && field("CapPrm") == ["0000000000000000"])
        #expect(field("NoNewPrivs") == ["1"])
        let environment = try String(contentsOfFile: "/proc/\(processID)/environ", encoding: .utf8).split(
            separator: "\0"
        )
        #expect(!environment.contains { $0.hasPrefix("HOME=") })
        // Where no mount namespace can be made, the wrapper says so.
        guard environment.contains("LOOPS_BRIDGE_UNPRIVILEGED=read-only") else { return }
        let root = try String(contentsOfFile: "/proc/\(processID)/mountinfo", encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ") }.last { $0.count > 5 && $0[4] == "/" }
        #expect(root?[5].split(separator: ",").contains("ro") == true)
    }
}
