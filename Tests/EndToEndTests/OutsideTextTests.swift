import AsyncHTTPClient
import DevKit
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import NIOHTTP1
import RedisStreams
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("What Loops answers, and who may read it", .tags(.servers), .timeLimit(.minutes(3)))
struct OutsideTextTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static let token = "a-token-for-this-test"
    /// What may be in an answer and nobody but the operators is to read.
    private static let secrets = ["+1 555 010 0199", "Jane", "Doe"]

    /// A server that refuses every event, repeating what it was sent and a steering sequence.
    private func withAPI(_ body: @Sendable @escaping (String) async throws -> Void) async throws {
        let router = Router()
        for method in [HTTPRequest.Method.put, .post] {
            router.on("**", method: method) { request, _ in
                let carried = request.headers[.authorization] ?? ""
                let message = "\(carried) of Jane Doe, +1 555 010 0199, is no good\u{202E}\u{1B}[2J"
                let answer: JSONValue = ["success": false, "message": .string(message)]
                return Response(
                    status: .badRequest,
                    headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: ByteBuffer(bytes: answer.serialized()))
                )
            }
        }
        router.get("**") { _, _ in JSONValue.object(["success": true, "teamName": "T"]).jsonText }
        let port = OneTime<Int>()
        let api = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.set($0.localAddress?.port ?? 0) },
            logger: .quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await api.run() }
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(await port.value)/v1")
        }
    }

    /// Reads what comes within the first 64 KB.
    private func get(_ url: String, token: String? = nil) async throws -> String {
        var request = HTTPClientRequest(url: url)
        if let token { request.headers = ["Authorization": "Bearer \(token)"] }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        var text = ""
        for try await piece in response.body {
            text += String(buffer: piece)
            if url.hasSuffix("/events"), text.contains("event: status") && text.hasSuffix("\n\n") { break }
        }
        return text
    }

    @Test("Without the token nobody reads a word of it, with it all but the key, which is nowhere")
    func hidden() async throws {
        try await RedisServer.run { redis in
            let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                try await Harness.publish(Harness.events(1), client)
                try await withAPI { api in
                    let environment = ["HTTP_CONTROL_TOKEN": Self.token, "LOG_LEVEL": "trace"]
                    try await Program.run(redis: redis.url, loops: api, key: Self.key, environment: environment) {
                        child in
                        try await check(child)
                    }
                }
                let letters = try await client.range("{\(Harness.stream)}:dead", count: 10)
                let fields = letters.flatMap { $0.fields ?? [] }.map { String(decoding: $0.value, as: UTF8.self) }
                #expect(letters.count == 1 && fields.contains { $0.contains("Bearer … of Jane Doe") })
                #expect(!fields.contains { $0.contains(Self.key) })
            }
        }
    }

    private func check(_ child: ChildProcess) async throws {
        let up = await child.line { $0.contains("loops-bridge is up") } ?? ""
        let url = up.split(separator: "admin=").last?.split(separator: " ").first.map(String.init) ?? ""
        var known: JSONValue = .null
        while known["failures"]?.arrayValue?.isEmpty ?? true {
            known = try JSONParser.parse(try await get("\(url)/status.json", token: Self.token))
        }
        let detail = known["failures"]?.arrayValue?.first?["detail"]?.stringValue ?? ""
        for secret in Self.secrets { #expect(detail.contains(secret), "\(detail)") }
        #expect(!detail.contains(Self.key) && !detail.contains("\u{202E}") && !detail.contains("\u{1B}"))
        for path in [
            "/", "/status.json", "/history.json", "/events", "/metrics", "/readyz", "/livez", "/version", "/runbook",
            "/journal.json", "/dead.json", "/mappings.json", "/access.json",
        ] {
            let text = try await get(url + path)
            for secret in Self.secrets + [Self.key, Self.token] { #expect(!text.contains(secret), "\(path)") }
        }
        let refused = try JSONParser.parse(try await get("\(url)/status.json", token: "another-token-of-this-length"))
        let failure = refused["failures"]?.arrayValue?.first
        #expect(failure?["detail"] == .null && failure?["reason"] == "refused" && failure?["status"] == 400)
        let log = child.output.joined(separator: "\n")
        for secret in Self.secrets + [Self.key, Self.token] { #expect(!log.contains(secret)) }
        // By the command: the token is sent only when it is named.
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)").path
        try Self.token.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let plain = try await Program.ask(["status", "--url", url], redis: "", environment: [:])
        #expect(plain.lines.contains { $0.contains("refused") } && !plain.lines.joined().contains("Jane"), "\(plain)")
        let told = try await Program.ask(
            ["status", "--url", url, "--http-control-token-file", file],
            redis: "",
            environment: [:]
        )
        #expect(told.lines.contains { $0.contains("Jane") }, "\(told)")
    }
}
