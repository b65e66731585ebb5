import DevKit
import Foundation
import LoopsSimulator
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite(
    "Events leave through a real proxy, to an API with a private authority",
    .tags(.servers),
    .timeLimit(.minutes(3))
)
struct ProxyDeliveryTests {
    private struct Site: Sendable {
        let folder: String
        let redis: RedisServer
        let simulator: LoopsSimulator
        /// The port on which the simulator speaks TLS, as `localhost` and `loops.test`.
        let port: Int
        var authority: String { "\(folder)/ca.pem" }
    }

    private func withSite(_ body: @Sendable @escaping (Site) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            try await Certificates.make(in: folder)
            try await RedisServer.run { redis in
                try await LoopsSimulator.withRunning(.unlimited) { simulator, ports in
                    let api = try #require(URL(string: ports.baseURL)?.port)
                    try await TLSTerminator.run(in: folder, before: api) { port in
                        try await body(Site(folder: folder, redis: redis, simulator: simulator, port: port))
                    }
                }
            }
        }
    }

    private func publish(_ count: Int, _ redis: RedisServer) async throws {
        let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            try await Harness.publish(Harness.events(count), client)
        }
    }

    /// Delivers events and judges what came; says which way they went.
    private func deliver(_ site: Site, host: String, _ environment: [String: String], proxy: String) async throws {
        try await publish(200, site.redis)
        try await Program.run(
            redis: site.redis.url,
            loops: "https://\(host):\(site.port)/api/v1",
            key: TeamSeed.defaultKey,
            environment: environment
        ) { child in
            _ = await site.simulator.waitForEffects(count: 200)
            let told = await child.line { $0.contains("Requests to Loops go through a proxy") } ?? ""
            #expect(told.contains(proxy), "\(told)")
            #expect(!child.output.contains { $0.contains("hunter2") })
        }
        let audit = DeliveryAudit(site.simulator.evidence())
        #expect(audit.outOfOrder.isEmpty && audit.appliedTwice.isEmpty)
        #expect(audit.applied.values.reduce(0) { $0 + $1.count } == 200)
    }

    private func check(_ site: Site, host: String, _ environment: [String: String]) async throws -> [String] {
        let own = [
            "LOOPS_BASE_URL": "https://\(host):\(site.port)/api/v1", "LOOPS_API_KEY": TeamSeed.defaultKey,
            "LOOPS_CA_FILE": site.authority,
        ]
        let answer = try await Program.ask(
            ["check", "--connect"],
            redis: site.redis.url,
            environment: own.merging(environment) { $1 }
        )
        #expect(
            !answer.lines.contains { $0.contains("hunter2") || $0.contains("wr0ng") || $0.contains("handshakeFailed") }
        )
        return answer.lines
    }

    private func expect(_ lines: [String], _ parts: String...) {
        for part in parts { #expect(lines.contains { $0.contains(part) }, "\(part): \(lines)") }
    }

    @Test("Through tinyproxy, with user and password; what it refuses says what to do")
    func tinyproxy() async throws {
        try await withSite { site in
            try await ProxyServer.tinyproxy(in: site.folder) { port, server in
                let proxy = "http://127.0.0.1:\(port)"
                let environment = [
                    "LOOPS_PROXY": "http://bridge:hunter2@127.0.0.1:\(port)", "LOOPS_CA_FILE": site.authority,
                ]
                try await deliver(site, host: "localhost", environment, proxy: proxy)
                #expect(server.output.contains { $0.contains("CONNECT localhost:\(site.port) HTTP/1.1") })

                expect(
                    try await check(site, host: "localhost", environment),
                    "takes the API key through proxy \(proxy)"
                )
                expect(
                    try await check(site, host: "localhost", ["LOOPS_PROXY": "bridge:wr0ng@127.0.0.1:\(port)"]),
                    "fault    loops: ",
                    "proxy \(proxy) does not accept the user and the password (4",
                    "Check those in loops.proxy."
                )
                expect(
                    try await check(site, host: "localhost", ["LOOPS_PROXY": "127.0.0.1:\(port)"]),
                    "proxy \(proxy) wants a user and a password (407)",
                    "Set loops.proxy to http://user:password@127.0.0.1:\(port)."
                )
                expect(
                    try await check(site, host: "localhost", ["LOOPS_PROXY": "127.0.0.1:1"]),
                    "proxy http://127.0.0.1:1 cannot be reached: 127.0.0.1:1: Connection refused",
                    "Check loops.proxy."
                )
            }
        }
    }

    @Test("Through squid over TLS, to a host that only the proxy knows, as the environment has it")
    func squid() async throws {
        try await withSite { site in
            try await ProxyServer.squid(in: site.folder) { plain, secure in
                let proxy = "https://localhost:\(secure)"
                let environment = ["HTTPS_PROXY": proxy, "SSL_CERT_FILE": site.authority]
                try await deliver(site, host: "loops.test", environment, proxy: proxy)

                let plainProxy = ["https_proxy": "127.0.0.1:\(plain)"]
                expect(try await check(site, host: "loops.test", plainProxy), "takes the API key through proxy http://")
                expect(
                    try await check(site, host: "forbidden.test", plainProxy),
                    "proxy http://127.0.0.1:\(plain) refuses connections to forbidden.test:\(site.port) (403 Forbidden)",
                    "Allow that host and port at the proxy."
                )
                let closed = plainProxy.merging(["LOOPS_BASE_URL": "https://loops.test:1/api/v1"]) { $1 }
                expect(
                    try await check(site, host: "loops.test", closed),
                    "proxy http://127.0.0.1:\(plain) could not reach loops.test:1 (503 Service Unavailable)"
                )
                // The proxy's certificate, and Loops' behind it.
                let unknown = ["LOOPS_CA_FILE": "\(site.folder)/other.pem"]
                expect(
                    try await check(site, host: "loops.test", ["HTTPS_PROXY": proxy].merging(unknown) { $1 }),
                    "TLS: the certificate of proxy localhost:\(secure) is not trusted: the authority that signed it is unknown here",
                    "Set loops.caFile to a PEM file of that authority."
                )
                expect(
                    try await check(site, host: "loops.test", plainProxy.merging(unknown) { $1 }),
                    "TLS: the certificate of loops.test:\(site.port) is not trusted"
                )
                // Not through the proxy: nobody else knows the name.
                expect(
                    try await check(site, host: "loops.test", plainProxy.merging(["NO_PROXY": ".test"]) { $1 }),
                    "no address found for loops.test"
                )
            }
        }
    }

    @Test("A file of authorities that cannot be used is told before anything starts")
    func authorities() async throws {
        for name in ["LOOPS_CA_FILE", "SSL_CERT_FILE"] {
            let answer = try await Program.ask(
                ["run"],
                redis: "redis://127.0.0.1:1",
                environment: ["LOOPS_API_KEY": "key", name: "/nowhere.pem"]
            )
            #expect(
                answer.lines.contains { $0.contains("file /nowhere.pem cannot be used (No such file or directory)") },
                "\(answer)"
            )
            #expect(answer.status == "2")
        }
    }
}
