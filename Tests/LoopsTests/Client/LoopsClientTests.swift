import JSON
import Testing

@testable import Loops

@Suite("The client: what goes over the wire, and what comes of every way to get no answer", .timeLimit(.minutes(2)))
struct LoopsClientTests {
    private static let key = "secret-api-key-0123456789"
    private static func call(_ operation: LoopsAction = .sendEvent, _ body: JSONObject = ["eventName": "E"])
        -> EncodedRequest
    {
        EncodedRequest(LoopsRequest(operation: operation, body: body), idempotencyKey: "lb-1")
    }

    /// Sends to a port that does as it is told.
    private func send(
        _ call: EncodedRequest = Self.call(),
        port: Int,
        path: String = "/api/v1",
        key: String = Self.key,
        requestTimeout: Duration = .seconds(60)
    ) async throws -> LoopsResponse {
        try await withClient(port: port, path: path, key: key, requestTimeout: requestTimeout) {
            try #require(await $0.send(call))
        }
    }

    private func withClient<Result: Sendable>(
        port: Int,
        path: String = "/api/v1",
        key: String = Self.key,
        requestTimeout: Duration = .seconds(60),
        _ body: @Sendable (LoopsClient) async throws -> Result
    ) async throws -> Result {
        let configuration = LoopsConfiguration(
            baseURL: "http://127.0.0.1:\(port)\(path)",
            apiKey: key,
            requestTimeout: requestTimeout,
            connectTimeout: .seconds(60),
            maxAnswerBytes: 1000,
            userAgent: "loops-bridge/test"
        )
        return try await LoopsClient.withClient(configuration, body)
    }

    @Test(
        "An answer whose body is too long or never ends means what its status says; a 400 in nobody's words is not Loops'",
        arguments: [
            (400, LoopsOutcome.retry(.unexpectedStatus)), (401, .unauthorized), (429, .throttled),
            (500, .retry(.serverError)),
        ]
    )
    func statusDecides(status: Int, outcome: LoopsOutcome) async throws {
        let long = "HTTP/1.1 \(status) X\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "x", count: 5000)
        #expect(try await answer(.bytes(long)).answer.outcome == outcome)
        let endless = ScriptedServer.Behaviour.trickle("HTTP/1.1 \(status) X\r\nContent-Length: 900\r\n\r\n{")
        let answer = try await answer(endless, requestTimeout: .seconds(5)).answer
        #expect(answer.outcome == outcome && answer.status == status)
    }

    @Test("The trace context goes along as its headers, and none where there is none")
    func trace() async throws {
        let context = try #require(
            TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=1")
        )
        try await ScriptedServer.run(.bytes(Canned.ok)) { server, port in
            try await withClient(port: port) { client in
                var call = Self.call()
                _ = await client.send(call)
                #expect(server.requests.first?.lowercased().contains("trace") == false)
                call.trace = context.next(span: 5)
                _ = await client.send(call)
                let request = server.requests.last ?? ""
                #expect(request.contains("traceparent: 00-0af7651916cd43dd8448eb211c80319c-0000000000000005-01\r\n"))
                #expect(request.contains("tracestate: a=1\r\n"))
            }
        }
    }

    @Test("What the answer calls itself is kept: printable, and of a length")
    func requestID() async throws {
        let cases = [
            ("", nil), ("cf-ray: ray\r\n", "ray"), ("X-Request-Id: r1\r\ncf-ray: ray\r\n", "r1"),
            ("x-request-id: a b\r\n", "ab"),
            ("x-request-id: \(String(repeating: "x", count: 300))\r\n", String(repeating: "x", count: 100)),
        ]
        for (header, id) in cases {
            let text = "HTTP/1.1 400 X\r\n\(header)Content-Length: 2\r\n\r\n{}"
            #expect(try await answer(.bytes(text)).answer.requestID == id)
        }
    }

    @Test("A request whose latest start has passed is not sent; one in time is, without the header that says so")
    func latestStart() async throws {
        try await ScriptedServer.run(.bytes(Canned.ok)) { server, port in
            try await withClient(port: port) { client in
                #expect(await client.send(Self.call(), sendDeadline: .now) == nil)
                #expect(await client.send(Self.call(), sendDeadline: .now - .seconds(60)) == nil)
                #expect(server.requests.isEmpty)
                let answer = await client.send(Self.call(), sendDeadline: .now + .seconds(60))
                #expect(answer?.outcome == .delivered)
                #expect(server.requests.count == 1)
                #expect(!(server.requests.first ?? "").contains("start-by"))
            }
        }
    }

    /// The answer of a server that behaves so, and the requests it got.
    private func answer(
        _ behaviour: ScriptedServer.Behaviour,
        to call: EncodedRequest = Self.call(),
        requestTimeout: Duration = .seconds(60)
    ) async throws -> (answer: LoopsResponse, requests: [String]) {
        try await ScriptedServer.run(behaviour) { server, port in
            let answer = try await send(call, port: port, requestTimeout: requestTimeout)
            return (answer, server.requests)
        }
    }

    private func headers(_ request: String) -> [String: String] {
        let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst()
        return Dictionary(
            lines.prefix { !$0.isEmpty }.map { line in
                let name = line.prefix { $0 != ":" }
                return (name.lowercased(), String(line.dropFirst(name.count + 2)))
            },
            uniquingKeysWith: { $0 + ", " + $1 }
        )
    }

    // MARK: Requests

    @Test("A request has its method, its path, its headers once, and its body to the byte")
    func request() async throws {
        let body: JSONObject = ["userId": "ü😀", "n": 1.0, "nested": ["a": [1, 2]], "q": "\"\\\u{1}"]
        let call = Self.call(.createOrUpdateContact, body)
        let request = try #require(try await answer(.bytes(Canned.ok), to: call).requests.first)
        #expect(request.hasPrefix("PUT /api/v1/contacts/update HTTP/1.1\r\n"))
        let headers = headers(request)
        #expect(headers["authorization"] == "Bearer \(Self.key)")
        #expect(headers["content-type"] == "application/json")
        #expect(headers["accept"] == "application/json")
        #expect(headers["user-agent"] == "loops-bridge/test")
        #expect(headers["content-length"] == "\(call.body.count)")
        #expect(headers["transfer-encoding"] == nil)
        #expect(headers["idempotency-key"] == nil, "only events take a key")
        #expect(request.utf8.suffix(call.body.count).elementsEqual(JSONValue.object(body).serialized()))
    }

    @Test("Only an event and a mail carry their idempotency key", arguments: LoopsAction.allCases)
    func idempotencyKey(operation: LoopsAction) async throws {
        let (_, requests) = try await answer(.bytes(Canned.ok), to: Self.call(operation))
        let headers = headers(try #require(requests.first))
        #expect(headers["idempotency-key"] == ([.sendEvent, .sendTransactional].contains(operation) ? "lb-1" : nil))
    }

    @Test("The key is asked for without a body")
    func testKey() async throws {
        try await ScriptedServer.run(.bytes(Canned.ok)) { server, port in
            let answer = try await withClient(port: port, path: "/api/v1/") { await $0.testKey() }
            #expect(answer.outcome == .delivered)
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("GET /api/v1/api-key HTTP/1.1\r\n"))
            #expect(headers(request)["authorization"] == "Bearer \(Self.key)")
            #expect(headers(request)["content-type"] == nil)
        }
    }

    @Test("A redirect is not followed: it would turn a POST into a GET", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let text = Canned.answer("\(status) Moved", "", ["Location: /elsewhere"])
        let (answer, requests) = try await answer(.bytes(text))
        #expect(answer.outcome == .retry(.unexpectedStatus))
        #expect(answer.status == status)
        #expect(requests.count == 1)
    }

    // MARK: Answers

    @Test("The rate limit's headers are read; nonsense in them is not")
    func rateLimit() async throws {
        let good = Canned.answer("200 OK", "{}", ["x-ratelimit-limit: 10", "X-RateLimit-Remaining: 3"])
        let (answer, _) = try await answer(.bytes(good))
        #expect(answer.rateLimit == 10 && answer.rateLimitRemaining == 3)
        let bad = Canned.answer("429 Slow", "", ["x-ratelimit-limit: ten", "x-ratelimit-remaining: "])
        let (throttled, _) = try await self.answer(.bytes(bad))
        #expect(throttled.outcome == .throttled)
        #expect(throttled.rateLimit == nil && throttled.rateLimitRemaining == nil)
    }

    @Test("HTML from something in between")
    func html() async throws {
        let (bad, _) = try await answer(.bytes(Canned.answer("502 Bad Gateway", "<html>nginx</html>")))
        #expect(bad.outcome == .retry(.serverError) && bad.status == 502)
        let (portal, _) = try await answer(.bytes(Canned.answer("200 OK", "<html>Log in</html>")))
        #expect(portal.outcome == .retry(.ambiguousAnswer) && portal.status == 200)
    }

    @Test(
        "An answer longer than the limit is ambiguous, whether its length was announced or not",
        arguments: [
            Canned.answer("200 OK", String(repeating: "x", count: 1001)),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + String(repeating: "x", count: 1001)
                + "\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "64\r\n\(String(repeating: "x", count: 100))\r\n", count: 11),
        ]
    )
    func tooLong(text: String) async throws {
        let (answer, _) = try await answer(.bytes(text))
        #expect(answer.outcome == .retry(.ambiguousAnswer))
    }

    @Test("An answer as long as the limit is read")
    func longEnough() async throws {
        let body = #"{"success":true,"#
        let padding = String(repeating: " ", count: 1000 - body.utf8.count - 6)
        let (answer, _) = try await answer(.bytes(Canned.answer("200 OK", body + padding + #""a":1}"#)))
        #expect(answer.outcome == .delivered)
    }

    // MARK: No answer

    @Test("Nobody listens: certainly not applied")
    func refused() async throws {
        let answer = try await send(port: ScriptedServer.unusedPort())
        #expect(answer.outcome == .retry(.unreachable))
        #expect(answer.status == nil)
        #expect(!answer.message.isEmpty && !answer.message.contains(Self.key))
    }

    @Test(
        "An answer that does not come, stops in the middle, or trickles ends with the request's time",
        arguments: [
            .silence, .bytes("HTTP/1.1 200 OK\r\nContent-"), .bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
            .trickle("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"), .trickle("HTTP/1.1 200 OK\r\nX: "),
        ] as [ScriptedServer.Behaviour]
    )
    func stalled(behaviour: ScriptedServer.Behaviour) async throws {
        let (answer, requests) = try await answer(behaviour, requestTimeout: .milliseconds(500))
        #expect(answer.outcome == .retry(.timedOut))
        #expect(requests.count == 1)
        #expect(!answer.message.contains(Self.key))
    }

    @Test(
        "A connection that breaks may have carried the request; it is not sent again by itself",
        arguments: [
            .reset, .bytesThenEnd(""), .bytesThenEnd("HTTP/1.1 200 OK\r\nContent-Le"),
            .bytesThenEnd("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
            .bytesThenEnd("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"),
            .bytesThenEnd("220 smtp.example.com ESMTP\r\n"),
        ] as [ScriptedServer.Behaviour]
    )
    func broken(behaviour: ScriptedServer.Behaviour) async throws {
        let (answer, requests) = try await answer(behaviour)
        #expect(answer.outcome == .retry(.connectionLost))
        #expect(requests.count == 1)
        #expect(!answer.message.isEmpty && !answer.message.contains(Self.key))
    }

    @Test("A key that no header can carry fails without being told")
    func unusableKey() async throws {
        let answer = try await send(port: ScriptedServer.unusedPort(), key: "secret\u{1}\nkey")
        #expect(!answer.outcome.isDelivered)
        #expect(!answer.message.contains("secret"))
    }

    @Test("Nor does the configuration tell the key")
    func configuration() {
        let configuration = LoopsConfiguration(apiKey: Self.key, userAgent: "x")
        #expect(!"\(configuration)".contains(Self.key))
        #expect(!String(reflecting: configuration).contains(Self.key))
    }
}
