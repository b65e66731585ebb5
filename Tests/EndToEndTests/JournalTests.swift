import AsyncHTTPClient
import DevKit
import Foundation
import JSON
import Logging
import Loops
import LoopsSimulator
import NIOCore
import NIOHTTP1
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("What became of my event: tail and why, as they are typed", .tags(.servers), .timeLimit(.minutes(3)))
struct JournalTests {
    private static let viewToken = "view-token-of-tests"

    private func withClient(_ url: String, _ body: (RedisClient) async throws -> Void) async throws {
        let client = RedisClient(configuration: try RedisConfiguration(url: url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            try await body(client)
        }
    }

    /// The program at work, its journal at a port.
    private func run(
        _ redis: RedisServer,
        _ loops: String,
        port: Int,
        more: [String: String] = [:],
        _ body: @Sendable @escaping (ChildProcess) async throws -> Void
    ) async throws {
        let own = ["HTTP_PORT": "\(port)", "HTTP_VIEW_TOKEN": Self.viewToken, "BRIDGE_LEASE_SECONDS": "3"]
        let environment = own.merging(more) { $1 }
        try await Program.run(
            redis: redis.url,
            loops: loops,
            key: TeamSeed.defaultKey,
            environment: environment
        ) { child in
            _ = await child.line { $0.contains("loops-bridge is up") }
            try await body(child)
        }
    }

    @Test("tail shows each event once, through a restart of the replica, and says that it was away")
    func tail() async throws {
        let port = FreePort.take()
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let loops = "\(ports.baseURL)/v1"
                try await withClient(redis.url) { client in
                    let arguments = [
                        "tail", "--json", "--url", "http://127.0.0.1:\(port)", "--count", "40", "--since", "1h",
                    ]
                    try await ChildProcess.run(Program.path, arguments: arguments) { tail in
                        #expect(await tail.line { $0.contains("does not answer") } != nil)
                        try await run(redis, loops, port: port) { _ in
                            try await Harness.publish(Harness.events(20), client)
                            _ = await tail.line { $0.contains("\"number\":20,") }
                        }
                        try await run(redis, loops, port: port) { _ in
                            try await Harness.publish(Harness.events(20, from: 20), client)
                            await tail.exited()
                        }
                        let entries = tail.output.compactMap { try? JSONParser.parse($0)["entry"]?.stringValue }
                        #expect(entries.count == 40 && Set(entries).count == 40, "\(tail.output)")
                        #expect(tail.output.contains { $0.contains("answers again") })
                        // Nobody's name, without a token.
                        #expect(!tail.output.contains { $0.contains("user-") || $0.contains("@example.com") })
                    }
                }
            }
        }
    }

    @Test("why: from the journal with a token and without; by today's mappings when the journal has it no more")
    func why() async throws {
        let port = FreePort.take()
        try await TemporaryFolder.with { folder in
            let file = folder + "/token"
            try Self.viewToken.write(toFile: file, atomically: true, encoding: .utf8)
            try await RedisServer.run { redis in
                try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                    let url = ["--url", "http://127.0.0.1:\(port)"]
                    try await withClient(redis.url) { client in
                        try await run(redis, "\(ports.baseURL)/v1", port: port) { _ in
                            let page = #"{"type":"page","name":"Home","messageId":"m-page","userId":"user-1"}"#
                            try await Harness.publish(Harness.events(2) + [Array(page.utf8)], client)
                            let tail = try await Program.ask(
                                ["tail", "--count", "3", "--since", "1h"] + url + ["--http-view-token-file", file],
                                redis: redis.url
                            )
                            #expect(
                                tail.status == "0" && tail.lines.contains { $0.contains("track \"Tested\"") },
                                "\(tail)"
                            )
                            let told = try await Program.ask(["why", "m-1"] + url, redis: redis.url)
                            let words = told.lines.joined(separator: "\n")
                            #expect(
                                words.contains("delivered less than a second ago by") || words.contains("delivered ")
                            )
                            #expect(words.contains("mapping Send event: sendEvent, 200 after 1 attempt"), "\(words)")
                            let ignored = try await Program.ask(
                                ["why", "m-page"] + url + ["--http-view-token-file", file],
                                redis: redis.url
                            )
                            let reasons = ignored.lines.joined(separator: "\n")
                            #expect(reasons.contains("ignored, since no mapping takes it"), "\(reasons)")
                            #expect(
                                reasons.contains("Send event: not type = \"track\": the event has \"page\""),
                                "\(reasons)"
                            )
                        }
                        // Nobody is there any more to be asked.
                        let past = try await Program.ask(["why", "m-1"] + url, redis: redis.url)
                        let words = past.lines.joined(separator: "\n")
                        #expect(words.contains("it would be: delivered, in 1 request"), "\(words)")
                        #expect(words.contains("The journal at http://127.0.0.1:\(port) was not asked"))
                        let page = try await Program.ask(["why", "m-page"] + url, redis: redis.url).lines.joined()
                        #expect(
                            page.contains("it would be: ignored: no mapping takes this event of type 'page'"),
                            "\(page)"
                        )
                    }
                }
            }
        }
    }

    @Test("tail follows two replicas at once, and says which of them completed an event")
    func replicas() async throws {
        let places = [FreePort.take(), FreePort.take()]
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let loops = "\(ports.baseURL)/v1"
                try await withClient(redis.url) { client in
                    try await run(redis, loops, port: places[0], more: ["BRIDGE_INSTANCE": "one"]) { _ in
                        try await run(redis, loops, port: places[1], more: ["BRIDGE_INSTANCE": "two"]) { _ in
                            try await Self.share(client)
                            try await Harness.publish(Harness.events(200), client)
                            let tail = try await Program.ask(
                                ["tail", "--since", "1h", "--count", "200"]
                                    + places.flatMap { ["--url", "http://127.0.0.1:\($0)"] },
                                redis: redis.url
                            )
                            let names = ["one", "two"].map { name in
                                tail.lines.count { $0.hasSuffix("by \(name)") }
                            }
                            #expect(tail.status == "0" && names.reduce(0, +) == 200, "\(tail)")
                            #expect(names.allSatisfy { $0 > 20 }, "\(names)")
                        }
                    }
                }
            }
        }
    }

    /// Waits until two members own half of the partitions each.
    private static func share(_ client: RedisClient) async throws {
        while true {
            let leases =
                try await client.send(
                    RedisCommand("HVALS", [.string("{\(Harness.stream)}:bridge:loops-bridge:leases")])
                ).array?.compactMap(\.text).filter { $0.contains("/") } ?? []
            let owners = Dictionary(grouping: leases) { $0.split(separator: " ").last ?? "" }
            if owners.count == 2, owners.values.allSatisfy({ $0.count == 32 }) { return }
            _ = try await client.read(stream: "nothing", after: .zero, count: 1, block: .milliseconds(20))
        }
    }

    @Test("At debug, the log has one line for each event, with what became of it and nobody's name; off, why says so")
    func debugLines() async throws {
        let port = FreePort.take()
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let more = ["LOG_LEVEL": "debug", "BRIDGE_JOURNAL": "0"]
                try await withClient(redis.url) { client in
                    try await run(redis, "\(ports.baseURL)/v1", port: port, more: more) { child in
                        let page = #"{"type":"page","name":"Home","messageId":"m-page","userId":"user-1"}"#
                        try await Harness.publish(Harness.events(2) + [Array(page.utf8)], client)
                        let ids = try await client.range(Harness.stream, count: 3).map(\.id.description)
                        for (id, words) in zip(
                            ids,
                            [
                                "outcome=delivered mapping=\"Create or update a contact\"", "mapping=\"Send event\"",
                                "outcome=ignored",
                            ]
                        ) {
                            let line = await child.line { $0.contains("Entry completed") && $0.contains(id) } ?? ""
                            #expect(words.split(separator: " ").allSatisfy { line.contains($0) }, "\(line)")
                            #expect(line.contains("milliseconds=") && line.contains("contact="), "\(line)")
                            #expect(!line.contains("user-") && !line.contains("@example.com"), "\(line)")
                        }
                        #expect(child.output.count { $0.contains("Entry completed") } == 3)
                        let off = try await Program.ask(
                            ["why", "m-1", "--url", "http://127.0.0.1:\(port)"],
                            redis: redis.url
                        )
                        #expect(off.lines.joined().contains("BRIDGE_JOURNAL"), "\(off)")
                    }
                }
            }
        }
    }

    @Test("A journal that is off, and a wrong token, end tail with status 1 and say what to do")
    func refused() async throws {
        let port = FreePort.take()
        try await TemporaryFolder.with { folder in
            let file = folder + "/token"
            try "wrong-token-of-tests".write(toFile: file, atomically: true, encoding: .utf8)
            let url = ["--url", "http://127.0.0.1:\(port)"]
            let nothing = "redis://127.0.0.1:1"
            let environment = ["HTTP_PORT": "\(port)", "BRIDGE_JOURNAL": "0", "HTTP_VIEW_TOKEN": Self.viewToken]
            try await Program.run(redis: nothing, loops: "http://127.0.0.1:1", key: "key", environment: environment) {
                child in
                _ = await child.line { $0.contains("loops-bridge is up") }
                let off = try await Program.ask(["tail"] + url, redis: nothing)
                #expect(off.status == "1" && off.lines.contains { $0.contains("BRIDGE_JOURNAL") }, "\(off)")
                let wrong = try await Program.ask(["tail"] + url + ["--http-view-token-file", file], redis: nothing)
                #expect(wrong.status == "1" && wrong.lines.contains { $0.contains("The token is none") }, "\(wrong)")
            }
        }
    }

    @Test("Too many watch: 503 with a hint when to come again; a seat is free when one goes")
    func watchers() async throws {
        try await Harness.run { harness in
            try await harness.withPage(port: FreePort.take()) { url in
                let request = HTTPClientRequest(url: url + "journal/events")
                var configuration = HTTPClient.Configuration()
                configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2 * WatcherLimit.limit
                try await HTTPClient.withHTTPClient(configuration: configuration) { http in
                    var watching: [HTTPClientResponse] = []
                    for _ in 0..<WatcherLimit.limit {
                        watching.append(try await http.execute(request, timeout: .seconds(60)))
                    }
                    var status = HTTPResponseStatus.ok
                    // A seat is taken when the answer begins.
                    while status == .ok {
                        let refused = try await http.execute(request, timeout: .seconds(60))
                        status = refused.status
                        guard status != .ok else { continue }
                        #expect(status == .serviceUnavailable && refused.headers.first(name: "Retry-After") == "5")
                    }
                    withExtendedLifetime(watching) {}
                }
            }
        }
    }
}
