import JSON
import Testing

@testable import HTTPTransport
@testable import Loops

@Suite("Requests through a proxy, against one that answers as it is told", .timeLimit(.minutes(1)))
struct ProxyTests {
    private static let call = EncodedRequest(
        LoopsRequest(operation: .sendEvent, body: ["eventName": "E"]),
        idempotencyKey: "lb-1"
    )

    private func send(
        to origin: String = "https://app.loops.test/api/v1",
        through proxy: String,
        timeout: Duration = .seconds(60)
    ) async throws -> LoopsResponse {
        var configuration = LoopsConfiguration(
            baseURL: origin,
            apiKey: "secret-api-key",
            requestTimeout: timeout,
            connectTimeout: timeout,
            userAgent: "test"
        )
        configuration.proxy = try HTTPProxy(proxy, setting: "HTTPS_PROXY")
        return try await LoopsClient.withClient(configuration) { try #require(await $0.send(Self.call)) }
    }

    @Test("A clear-text request is forwarded: with the whole address and the proxy's credentials")
    func forwarded() async throws {
        try await ScriptedServer.run(.bytes(Canned.ok)) { server, port in
            let answer = try await send(to: "http://app.loops.test:81/api", through: "u:p@127.0.0.1:\(port)")
            #expect(answer.outcome == .delivered)
            let request = server.requests.first ?? ""
            #expect(
                request.hasPrefix(
                    "POST http://app.loops.test:81/api/events/send HTTP/1.1\r\nHost: app.loops.test:81\r\n"
                )
            )
            #expect(request.contains("\r\nProxy-Authorization: Basic dTpw\r\n"))
        }
    }

    @Test(
        "A tunnel that is refused: nothing of the request was sent, and the words say what to do",
        arguments: [
            (
                "407 Proxy Authentication Required", "does not accept the user and the password (407)",
                "Check those in HTTPS_PROXY"
            ),
            ("403 Forbidden", "refuses connections to app.loops.test:443 (403 Forbidden)", "Allow that host"),
            ("502 Bad Gateway", "could not reach app.loops.test:443 (502 Bad Gateway)", "Check that the proxy"),
        ]
    )
    func refused(status: String, problem: String, advice: String) async throws {
        try await ScriptedServer.run(.bytes(Canned.answer(status, "no"))) { server, port in
            let answer = try await send(through: "http://u:hunter2@127.0.0.1:\(port)")
            #expect(answer.outcome == .retry(.unreachable))
            #expect(answer.message == "proxy http://127.0.0.1:\(port) \(problem)")
            #expect(answer.advice?.hasPrefix(advice) == true)
            #expect(answer.cause == "\(answer.message). \(answer.advice ?? "")" && !answer.cause.contains("hunter2"))
            // One CONNECT, and neither the request nor the key.
            #expect(
                server.requests.count == 1 && server.requests[0].hasPrefix("CONNECT app.loops.test:443 HTTP/1.1\r\n")
            )
            #expect(!server.requests[0].contains("secret-api-key"))
        }
    }

    @Test("A proxy that is not there, is silent, resets, or speaks no TLS")
    func unusable() async throws {
        let port = try await ScriptedServer.unusedPort()
        let refused = try await send(through: "127.0.0.1:\(port)")
        #expect(
            refused.message == "proxy http://127.0.0.1:\(port) cannot be reached: 127.0.0.1:\(port): Connection refused"
        )
        try await ScriptedServer.run(.silence) { _, port in
            let answer = try await send(through: "127.0.0.1:\(port)", timeout: .milliseconds(300))
            #expect(answer.message == "proxy http://127.0.0.1:\(port) did not answer within 300 ms")
            #expect(answer.outcome == .retry(.unreachable))
        }
        try await ScriptedServer.run(.reset) { _, port in
            let answer = try await send(through: "127.0.0.1:\(port)")
            #expect(answer.message.hasPrefix("proxy http://127.0.0.1:\(port) "), "\(answer.message)")
        }
        try await ScriptedServer.run(.bytesThenEnd("220 mail\r\n")) { _, port in
            let answer = try await send(through: "127.0.0.1:\(port)")
            #expect(answer.message.contains("does not answer as an HTTP proxy does"), "\(answer.message)")
        }
    }
}
