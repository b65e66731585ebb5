import AsyncHTTPClient
import Bridge
import DevKit
import Foundation
import LoopsSimulator
import NIOCore
import NIOHTTP1
import NIOSSL
import RedisStreams
import Synchronization
import Testing

@testable import loops_bridge_dev

@Suite("Events over HTTP, to Loops", .tags(.servers), .timeLimit(.minutes(5)))
struct IngestTests {
    @Test("What is sent to /v1/batch takes effect at Loops, in order; a repeated batch takes none")
    func delivered() async throws {
        try await Harness.run { harness in
            try await IngestProgram.run(redis: harness.redis.url) { program in
                let events = Harness.events(200)
                try await program.deliver(events)
                try await program.deliver(events)
                await harness.bridge.confirmedEnds.reached(200)
                let length = try await harness.client.send(RedisCommand("XLEN", [.string(Harness.stream)])).integer
                #expect(length == 200)
                let audit = DeliveryAudit(harness.simulator.evidence())
                #expect(audit.isClean)
                #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 200)
            }
        }
    }

    @Test("Redis is killed and comes back, again and again: nothing acknowledged is lost, nothing is there twice")
    func killedRedis() async throws {
        try await Harness.run(appendOnly: true) { harness in
            try await IngestProgram.run(redis: harness.redis.url) { program in
                let events = Harness.events(400)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await program.deliver(events) }
                    for _ in 0..<3 {
                        await harness.redis.stop(SIGKILL)
                        try await harness.redis.start()
                        // Something goes in between.
                        let before = try await Self.length(harness)
                        while try await Self.length(harness) <= before, before < 400 { await Task.yield() }
                    }
                    try await group.waitForAll()
                }
                let entries = try await harness.client.range(Harness.stream, count: 10_000)
                #expect(entries.count == 400)
                await harness.bridge.confirmedEnds.reached(400)
            }
        }
    }

    @Test(
        "A cluster's primary is killed: with ingest.waitReplicas nothing acknowledged is lost, nothing is there twice"
    )
    func clusterFailover() async throws {
        try await RedisCluster.run(copying: HashSlot(Harness.stream).number) { cluster in
            let environment = ["INGEST_WAIT_REPLICAS": "1"]
            try await IngestProgram.run(redis: cluster.url, environment: environment) { program in
                let events = Harness.events(400)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await program.deliver(events, perBatch: 4) }
                    try await RedisCLI.wait(port: cluster.original.port, "xlen", Harness.stream) { lines in
                        lines.first.flatMap { Int($0) } ?? 0 >= 100
                    }
                    await cluster.original.stop(SIGKILL)
                    try await cluster.standbyTookOver()
                    // It comes back as the replica that the intake waits for.
                    try await cluster.original.start()
                    try await group.waitForAll()
                }
                let client = RedisClient(
                    configuration: try RedisConfiguration(url: cluster.standby.url),
                    logger: .quiet
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    let stored = try await client.range(Harness.stream, count: 10_000)
                    let payloads = Set(stored.compactMap { $0.fields?.first?.value })
                    #expect(stored.count == 400 && payloads.count == 400)
                }
            }
        }
    }

    /// Entries of the stream. A connection of before the restart may still have to be replaced.
    private static func length(_ harness: Harness) async throws -> Int64 {
        while true {
            do throws(RedisError) {
                let reply = try await harness.client.send(RedisCommand("XLEN", [.string(Harness.stream)]))
                return reply.integer ?? 0
            } catch {
                try Task.checkCancellation()
            }
        }
    }

    @Test("SIGTERM while a request is held: it is answered, and the program ends with status 0")
    func terminated() async throws {
        try await RedisServer.run { redis in
            try await IngestProgram.run(redis: redis.url) { program in
                #expect(await program.send(Harness.events(1)) == 200)
                redis.send(SIGSTOP)
                async let held = program.send(Harness.events(1, from: 1))
                try await program.sees(#"ingest_held_requests{stream="segment:events"} 1"#)
                program.child.send(SIGTERM)
                redis.send(SIGCONT)
                #expect(await held == 200)
                await program.child.exited()
            }
        }
    }

    @Test("With a certificate it speaks TLS, and takes a new certificate without a restart")
    func tls() async throws {
        try await TemporaryFolder.with { folder in
            try await Certificates.make(in: folder)
            for name in ["pem", "key"] { try Self.copy("\(folder)/expired.\(name)", "\(folder)/shown.\(name)") }
            try await RedisServer.run { redis in
                let environment = [
                    "INGEST_TLS_CERTIFICATE": "\(folder)/shown.pem", "INGEST_TLS_KEY": "\(folder)/shown.key",
                ]
                try await IngestProgram.run(redis: redis.url, environment: environment) { program in
                    var tls = TLSConfiguration.makeClientConfiguration()
                    tls.trustRoots = .file("\(folder)/ca.pem")
                    let client = HTTPClient(
                        eventLoopGroupProvider: .singleton,
                        configuration: .init(tlsConfiguration: tls)
                    )
                    #expect(await program.send(Harness.events(1), scheme: "https", client: client) == nil)
                    for name in ["key", "pem"] { try Self.copy("\(folder)/server.\(name)", "\(folder)/shown.\(name)") }
                    _ = await program.child.line { $0.contains("Write keys reloaded") }
                    #expect(await program.send(Harness.events(1), scheme: "https", client: client) == 200)
                    try await client.shutdown()
                }
            }
        }
    }

    private static func copy(_ from: String, _ to: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to), options: .atomic)
    }
}
