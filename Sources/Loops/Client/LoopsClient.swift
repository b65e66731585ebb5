import HTTPTransport
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests to Loops, one attempt each, and says what the answers mean. Retrying is the caller's; redirects are not followed, since that
/// turns a POST into a GET.
package struct LoopsClient: Sendable {
    private let configuration: LoopsConfiguration
    private let connections: HTTPConnections
    /// What all requests have.
    private let headers: HTTPHeaders

    /// The event loop that its connections live on. Called from there, a request is not handed from thread to thread.
    package var eventLoop: any EventLoop { connections.eventLoop }

    /// The address in the configuration cannot be used.
    package struct AddressError: Error, CustomStringConvertible {
        package let address: String
        package var description: String { "loops.baseURL is \"\(address)\"; set it to \(HTTPOrigin.form)" }
    }

    /// A client for as long as `body` runs; its connections are closed then.
    ///
    /// - Parameters:
    ///   - eventLoop: where its connections live; one of the process' own when left out.
    ///   - idleLimit: how long a connection stays open with nothing to do.
    /// - Throws: ``AddressError``, a `TLSFileError` when the certificate authorities cannot be loaded, or what `body` throws.
    package static func withClient<Result>(
        _ configuration: LoopsConfiguration,
        on eventLoop: (any EventLoop)? = nil,
        idleLimit: Duration = .seconds(50),
        _ body: (LoopsClient) async throws -> Result
    ) async throws -> Result {
        guard let origin = HTTPOrigin(configuration.baseURL) else {
            throw AddressError(address: configuration.baseURL)
        }
        let connector = try HTTPConnector(
            origin,
            through: configuration.proxy,
            timeout: TimeAmount(min(configuration.connectTimeout, configuration.requestTimeout)),
            dataTimeout: TimeAmount(configuration.requestTimeout),
            trusting: configuration.authorities,
            names: .init(address: "loops.baseURL", authorities: "loops.caFile")
        )
        let connections = HTTPConnections(
            connector: connector,
            eventLoop: eventLoop ?? MultiThreadedEventLoopGroup.singleton.next(),
            maxResponseBytes: configuration.maxAnswerBytes,
            idleLimit: TimeAmount(idleLimit)
        )
        let client = LoopsClient(configuration: configuration, connections: connections)
        do {
            let result = try await body(client)
            await connections.close()
            return result
        } catch {
            await connections.close()
            throw error
        }
    }

    private init(configuration: LoopsConfiguration, connections: HTTPConnections) {
        self.configuration = configuration
        self.connections = connections
        self.headers = [
            "Host": connections.origin.authority,
            "Authorization": "Bearer \(configuration.apiKey)",
            "Accept": "application/json",
            "User-Agent": configuration.userAgent,
        ]
    }

    /// How many connections are open.
    var connectionCount: Int { get async { await connections.count } }

    /// Sends `call` once. Never throws: the lack of an answer is an answer too.
    ///
    /// - Parameter startBy: the request is not sent at all once this instant has passed; looked at right before its bytes are written.
    /// - Returns: nil when it was not sent for that reason.
    package func send(_ call: EncodedRequest, sendDeadline: ContinuousClock.Instant? = nil) async -> LoopsResponse? {
        var request = HTTPRequest(
            head: head(call.method, call.path),
            body: ByteBuffer(bytes: call.body),
            sendDeadline: sendDeadline
        )
        request.head.headers.add(name: "Content-Type", value: "application/json")
        request.head.headers.add(name: "Content-Length", value: String(call.body.count))
        if let key = call.idempotencyKey { request.head.headers.add(name: "Idempotency-Key", value: key) }
        if let trace = call.trace {
            request.head.headers.add(name: "traceparent", value: trace.traceparent)
            if !trace.state.isEmpty { request.head.headers.add(name: "tracestate", value: trace.state) }
        }
        guard let answer = await answer(to: request, hasIdempotencyKey: call.idempotencyKey != nil) else { return nil }
        return answer.heedingAddress(notFound: call.operation.traits.notFoundOutcome)
    }

    /// Asks `GET /api-key` whether the key is taken. Free of side effects, but it counts against the rate limit.
    package func testKey() async -> LoopsResponse {
        let answer = await answer(to: HTTPRequest(head: head("GET", "api-key")), hasIdempotencyKey: false)
        return answer?.heedingAddress(notFound: .wrongAddress)
            ?? LoopsResponse(outcome: .retry(.unreachable), message: "not sent")
    }

    /// Asks for something, and gives the answer's body beside what it means.
    func get(_ path: String) async -> (response: LoopsResponse, body: [UInt8]) {
        await asked(HTTPRequest(head: head("GET", path)))
    }

    /// Sends something that is not an event's.
    func post(_ path: String, _ body: [UInt8]) async -> LoopsResponse {
        var request = HTTPRequest(head: head("POST", path), body: ByteBuffer(bytes: body))
        request.head.headers.add(name: "Content-Type", value: "application/json")
        request.head.headers.add(name: "Content-Length", value: String(body.count))
        return await asked(request).response
    }

    private func asked(_ request: HTTPRequest) async -> (response: LoopsResponse, body: [UInt8]) {
        guard let (answer, body) = await exchange(request, hasIdempotencyKey: false) else {
            return (LoopsResponse(outcome: .retry(.unreachable), message: "not sent"), [])
        }
        return (answer.heedingAddress(notFound: .wrongAddress), body)
    }

    private func head(_ method: String, _ path: String) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: method),
            uri: "\(connections.origin.path)/\(path)",
            headers: headers
        )
    }

    private func answer(to request: HTTPRequest, hasIdempotencyKey: Bool) async -> LoopsResponse? {
        await exchange(request, hasIdempotencyKey: hasIdempotencyKey)?.response
    }

    /// - Returns: nil when it was not sent.
    private func exchange(_ request: HTTPRequest, hasIdempotencyKey: Bool) async
        -> (response: LoopsResponse, body: [UInt8])?
    {
        let answer: HTTPResponse
        do {
            answer = try await connections.response(to: request, within: configuration.requestTimeout)
        } catch {
            guard let retry = LoopsOutcome.Retry(error.kind) else { return nil }
            // Too long, or cut short: what a refusal says is in its head.
            guard let head = error.head, Self.saysEnough(Int(head.status.code)) else {
                var unanswered = LoopsResponse(outcome: .retry(retry), message: error.problem)
                unanswered.advice = error.advice
                unanswered.isOfLateRequest = error.isOfLateRequest
                return (unanswered, [])
            }
            var headOnly = HTTPResponse(head: head)
            headOnly.isOfLateRequest = error.isOfLateRequest
            answer = headOnly
        }
        let headers = answer.head.headers
        let body = Array(answer.body.readableBytesView)
        var read = LoopsResponse(
            classifying: .init(
                status: Int(answer.head.status.code),
                contentType: headers.first(name: "Content-Type"),
                body: body
            ),
            hasIdempotencyKey: hasIdempotencyKey,
            hiding: configuration.apiKey
        )
        read.rateLimit = Self.count(headers.first(name: "x-ratelimit-limit"))
        read.rateLimitRemaining = Self.count(headers.first(name: "x-ratelimit-remaining"))
        read.retryAfter = RetryAfter.duration(
            headers.first(name: "Retry-After"),
            date: headers.first(name: "Date")
        )
        read.requestID = Self.requestID(headers, hiding: configuration.apiKey)
        read.isOfLateRequest = answer.isOfLateRequest
        return (read, body)
    }
}

extension LoopsClient {
    /// Whether a status decides alone. The body of a 2xx tells a real answer from a page of something in between, that of a 409 what the key
    /// was used for.
    private static func saysEnough(_ status: Int) -> Bool { !(200..<300).contains(status) && status != 409 }

    /// A number of requests as a header has it; nil for what cannot be one.
    private static func count(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (0...1_000_000).contains($0) ? $0 : nil }
    }

    /// Goes into logs: printable, and of a length.
    private static func requestID(_ headers: HTTPHeaders, hiding secret: String) -> String? {
        for name in ["x-request-id", "x-vercel-id", "cf-ray"] {
            guard let text = headers.first(name: name), !text.isEmpty else { continue }
            let plain = LoopsResponse.hiding(secret, in: text)
            return String(
                plain.filter { ("!"..."~").contains($0) || $0 == "…" }.prefix(LoopsResponse.maxRequestIDLength)
            )
        }
        return nil
    }
}
