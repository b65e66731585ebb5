import Bridge
import DevKit
import JSON
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("loops-bridge status, as it is typed", .tags(.servers), .timeLimit(.minutes(3)))
struct StatusCommandTests {
    @Test("A bridge at work: tables, JSON, and status 0; without it, what Redis knows and status 1")
    func status() async throws {
        let port = FreePort.take()
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let configuration = try Harness.configuration(redis: redis.url, loops: "\(ports.baseURL)/v1")
                try await Harness.carry(configuration, redis, simulator) { harness in
                    try await harness.withPage(port: port) { _ in
                        try await harness.owns(64)
                        try await harness.publish(Harness.events(20))
                        await harness.bridge.confirmedEnds.reached(20)
                        let environment = ["HTTP_PORT": "\(port)"]
                        let shown = try await Program.ask(["status"], redis: redis.url, environment: environment)
                        #expect(shown.status == "0" && shown.lines.contains { $0.contains("20 delivered") }, "\(shown)")
                        #expect(shown.lines.first?.hasPrefix("healthy  test · group loops-bridge") ?? false)
                        #expect(shown.lines.contains { $0.contains("test (asked)") && $0.hasSuffix("64  0-63") })
                        let asked = ["status", "--json", "--url", "http://127.0.0.1:\(port)"]
                        let json = try await Program.ask(asked, redis: redis.url)
                        #expect(json.status == "0")
                        let status = try JSONParser.parse(json.lines.joined(separator: "\n"))
                        #expect(status["completed"]?["delivered"] == 20 && status["health"]?["state"] == "healthy")

                        let direct = try await Program.ask(["status", "--redis", "--json"], redis: redis.url)
                        let group = try JSONParser.parse(direct.lines.joined(separator: "\n"))
                        let stream = try #require(group["streams"]?.arrayValue?.first)
                        #expect(direct.status == "1" && stream["pending"] == 0 && stream["lag"] == 0)
                        #expect(stream["partitions"]?["unassigned"] == 0 && stream["members"] == 1)
                    }
                }
                let rest = try await Program.ask(["status"], redis: redis.url, environment: ["HTTP_PORT": "\(port)"])
                #expect(rest.status == "1" && rest.lines.contains { $0.hasPrefix("No bridge answers at http://") })
                #expect(rest.lines.contains { $0.hasPrefix("group loops-bridge, as Redis knows it") }, "\(rest)")
                #expect(rest.lines.contains { $0.hasPrefix("nobody") && $0.contains("64") }, "\(rest)")
            }
        }
    }

    @Test("Nobody there: status 69, and who was asked")
    func nobody() async throws {
        let port = FreePort.take()
        let nothing = "redis://127.0.0.1:\(FreePort.take())"
        let asked = ["status", "--url", "http://127.0.0.1:\(port)"]
        let shown = try await Program.ask(asked, redis: nothing)
        #expect(
            shown.status == "69" && shown.lines.contains { $0.contains("Redis at \(nothing)/0 does not answer") },
            "\(shown)"
        )
        #expect(try await Program.ask(["status", "--redis"], redis: nothing).status == "69")
        #expect(try await Program.ask(["status", "--url", "127.0.0.1"], redis: nothing).status == "2")
    }
}
