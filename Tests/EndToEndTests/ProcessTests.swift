import DevKit
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import LoopsSimulator
import NIOCore
import RedisStreams
import Synchronization
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("The program, as its users run it", .tags(.servers), .timeLimit(.minutes(5)))
struct ProcessTests {
    @Test("Ended with SIGKILL in the middle of 5,000 events and started again: nothing lost, order kept, events once")
    func killedInTheMiddle() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await Self.publish(5000, client)
                    let api = "\(ports.baseURL)/v1"
                    for effects in [500, 1500, 2500] {
                        try await Program.run(redis: redis.url, loops: api, key: TeamSeed.defaultKey) { child in
                            _ = await simulator.waitForEffects(count: effects)
                            child.send(SIGKILL)
                            await child.exited()
                        }
                    }
                    try await Program.run(redis: redis.url, loops: api, key: TeamSeed.defaultKey) { child in
                        try await Self.settled(client)
                        child.send(SIGTERM)
                        await child.exited()
                    }
                    let audit = DeliveryAudit(simulator.evidence())
                    #expect(audit.outOfOrder.isEmpty && audit.unfinished.isEmpty && audit.appliedTwice.isEmpty)
                    #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 5000)
                    let pending = try await client.pendingSummary(Harness.stream, group: "loops-bridge")
                    #expect(pending.count == 0)
                }
            }
        }
    }

    /// Waits until the group has read all and nothing is pending. A blocking read of an empty stream sets the pace.
    static func settled(_ client: RedisClient) async throws {
        while true {
            let last = try await client.streamInfo(Harness.stream).lastGeneratedID
            let group = try await client.groupInfos(Harness.stream).first { $0.name == "loops-bridge" }
            if let group, group.pending == 0, group.lastDeliveredID == last { return }
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }

    @Test("An independent sink: any server that answers 200 gets the requests, and the entries leave the pending list")
    func independentSink() async throws {
        try await RedisServer.run { redis in
            let seen = Mutex<[String]>([])
            let router = Router()
            for method in [HTTPRequest.Method.put, .post] {
                router.on("**", method: method) { request, _ in
                    let body = try await request.body.collect(upTo: 1 << 20)
                    seen.withLock { $0.append("\(request.method) \(request.uri.path) \(String(buffer: body))") }
                    return HTTPResponse.Status.ok
                }
            }
            let port = OneTime<Int>()
            let sink = Application(
                router: router,
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.set($0.localAddress?.port ?? 0) },
                logger: .quiet
            )
            let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await sink.run() }
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                let address = "http://127.0.0.1:\(await port.value)/api/v1"
                try await Program.run(redis: redis.url, loops: address, key: "any") { child in
                    try await Self.publish(20, client)
                    child.send(SIGTERM)
                    await child.exited()
                }
                // What the first run did not get to, the next one does; 20 in all, in any split.
                try await Program.run(redis: redis.url, loops: address, key: "any") { child in
                    _ = await child.line { $0.contains("loops-bridge is up") }
                    try await Self.settled(client)
                    child.send(SIGTERM)
                    await child.exited()
                }
            }
            // On a busy machine an answer may come too late, and its request is sent again.
            let requests = Set(seen.withLock { $0 })
            #expect(requests.count == 20)
            #expect(requests.contains { $0.hasPrefix(#"PUT /api/v1/contacts/update {"email":"user-0@example.com""#) })
            #expect(requests.contains { $0.hasPrefix("POST /api/v1/events/send {") })
        }
    }

    @Test("dev --once carries its events, checks them, and leaves nothing behind")
    func devOnce() async throws {
        let output = try await ChildProcess.run(Program.developers, arguments: ["run", "--once", "500"]) { child in
            await child.exited()
            return child.output
        }
        #expect(output.contains("All 500 events ended once, in order."), "\(output.joined(separator: "\n"))")
    }

    @Test(
        "The service has no command for developers, and names the program that has it",
        arguments: ["dev", "simulate"]
    )
    func movedCommands(name: String) async throws {
        let answer = try await Program.ask([name, "--help"], redis: "")
        #expect(answer.status == "2" && answer.lines.count == 1, "\(answer)")
        #expect(answer.lines.first?.contains("use 'loops-bridge-dev ") ?? false, "\(answer)")
    }

    @Test("When nobody reads its output any more, a command ends quietly")
    func closedOutput() async throws {
        let lines = "yes '{\"type\":\"identify\",\"userId\":\"u\"}' | head -20000"
        let output = try await ChildProcess.run(
            "/bin/bash",
            arguments: ["-c", "\(lines) | '\(Program.path)' map | head -1 >/dev/null; echo status ${PIPESTATUS[2]}"]
        ) { child in
            await child.exited()
            return child.output
        }
        #expect(output == ["status 141"], "\(output.prefix(5))")
    }

    @Test("Settings that cannot be used are all named, and end the program with status 2")
    func badSettings() async throws {
        let output = try await ChildProcess.run(
            Program.path,
            arguments: ["run", "--http-port", "x", "--loops-rate-limit", "y"],
            environment: ["LOOPS_API_KEY": "", "REDIS_URL": "http://nonsense"]
        ) { child in
            await child.exited()
            return child.output.joined(separator: "\n")
        }
        for part in ["http.port", "loops.rateLimit", "loops.apiKey", "redis.url"] { #expect(output.contains(part)) }
        #expect(!output.contains("nonsense"))
    }

    private static func publish(_ count: Int, _ client: RedisClient) async throws {
        let commands = Harness.events(count).map {
            RedisCommand("XADD", [.string(Harness.stream), "*", "event", .bytes($0)])
        }
        for answer in try await client.pipeline(commands, timeout: .seconds(60)) { _ = try answer.get() }
    }
}

extension Logger {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
