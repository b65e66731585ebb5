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

/// The program `loops-bridge ingest`, with a key of a server.
private struct IngestProgram: Sendable {
    static let key = "wk_0123456789abcdef"

    let child: ChildProcess
    let port: Int
    let admin: Int

    static func run<Result: Sendable>(
        redis: String,
        environment: [String: String] = [:],
        body: @Sendable @escaping (IngestProgram) async throws -> Result
    ) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID()).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "keys: [{name: shop, key: \(key)}]".write(toFile: path, atomically: true, encoding: .utf8)
        let (port, admin) = (FreePort.take(), FreePort.take())
        let own = [
            "REDIS_URL": redis, "INGEST_KEYS": path, "INGEST_PORT": "\(port)", "HTTP_PORT": "\(admin)",
        ]
        return try await ChildProcess.run(
            Program.path,
            arguments: ["ingest"],
            environment: own.merging(environment) { $1 }
        ) { child in
            guard await child.line(where: { $0.contains("The intake is up") }) != nil else {
                throw ChildError.endedEarly("loops-bridge ingest", output: child.output)
            }
            return try await body(IngestProgram(child: child, port: port, admin: admin))
        }
    }

    /// Sends a batch once.
    /// - Returns: the status; nil when no answer came.
    func send(_ events: [[UInt8]], scheme: String = "http", client: HTTPClient = .shared) async -> Int? {
        var request = HTTPClientRequest(url: "\(scheme)://127.0.0.1:\(port)/v1/batch")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Basic " + Data("\(Self.key):".utf8).base64EncodedString())
        request.body = .bytes(Array("{\"batch\":[".utf8) + events.joined(separator: Array(",".utf8)) + Array("]}".utf8))
        do {
            let response = try await client.execute(request, timeout: .seconds(15))
            _ = try await response.body.collect(upTo: 1 << 16)
            return Int(response.status.code)
        } catch {
            return nil
        }
    }

    /// Waits until a line of its metrics is like this.
    func sees(_ line: String) async throws {
        while true {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(admin)/metrics")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
            if String(buffer: try await response.body.collect(upTo: 1 << 20)).contains(line) { return }
        }
    }

    /// Sends batches in order, each until it is acknowledged, as an SDK does.
    func deliver(_ events: [[UInt8]], perBatch size: Int = 20) async throws {
        for first in stride(from: 0, to: events.count, by: size) {
            let batch = Array(events[first..<min(first + size, events.count)])
            while await send(batch) != 200 { try Task.checkCancellation() }
        }
    }
}

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
