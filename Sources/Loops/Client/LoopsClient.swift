public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests to Loops, one attempt each, and says what the answers mean. Retrying is the caller's.
///
/// Give it an `HTTPClient` made with ``httpConfiguration(_:)``: redirects must be off, since following one turns a POST into a GET.
public struct LoopsClient: Sendable {
    private let configuration: LoopsConfiguration
    private let http: HTTPClient
    /// By path, all but the body and what differs from call to call: to take the same addresses apart again costs more than to read an event.
    private let templates: [String: HTTPClient.Request]

    public init(configuration: LoopsConfiguration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
        var templates: [String: HTTPClient.Request] = [:]
        for operation in LoopsAction.allCases {
            templates[operation.path] = try? Self.request(operation.path, operation.method, configuration)
        }
        self.templates = templates
    }

    /// The settings that an `HTTPClient` for Loops needs.
    public static func httpConfiguration(_ configuration: LoopsConfiguration) -> HTTPClient.Configuration {
        var http = HTTPClient.Configuration()
        http.redirectConfiguration = .disallow
        http.timeout.connect = .nanoseconds(configuration.connectTimeout.nanoseconds)
        http.timeout.read = .nanoseconds(configuration.requestTimeout.nanoseconds)
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, configuration.maxInFlight)
        // The bridge retries by itself, in order and with its own pace.
        http.connectionPool.retryConnectionEstablishment = false
        http.httpVersion = .http1Only
        // No tracer is ever installed, and spans that go nowhere take the address apart for each request.
        http.tracing.tracer = nil
        http.http1_1ConnectionDebugInitializer = { WriteGate.install(in: $0) }
        return http
    }

    /// Sends `call` once. Never throws: the lack of an answer is an answer too.
    ///
    /// - Parameter startBy: the request is not sent at all, or not to its end, once this instant has passed; looked at right before every
    ///   write.
    /// - Returns: nil when it was not sent for that reason.
    public func send(_ call: LoopsCall, startBy: ContinuousClock.Instant? = nil) async -> LoopsAnswer? {
        let answer = await self.answer(hasIdempotencyKey: call.idempotencyKey != nil) {
            var request = try templates[call.path] ?? Self.request(call.path, call.method, configuration)
            request.headers.add(name: "Content-Type", value: "application/json")
            if let key = call.idempotencyKey { request.headers.add(name: "Idempotency-Key", value: key) }
            if let trace = call.trace {
                request.headers.add(name: "traceparent", value: trace.traceparent)
                if !trace.state.isEmpty { request.headers.add(name: "tracestate", value: trace.state) }
            }
            if let startBy { request.headers.add(name: WriteGate.header, value: WriteGate.text(startBy)) }
            request.body = .byteBuffer(ByteBuffer(bytes: call.body))
            return request
        }
        guard var answer else { return nil }
        // A contact that is not there is as deleted as can be: a deletion that is repeated after a lost answer succeeds.
        if call.operation == .deleteContact, answer.status == 404 { answer.outcome = .delivered }
        return answer
    }

    /// Asks `GET /api-key` whether the key is taken. Free of side effects, but it counts against the rate limit.
    public func testKey() async -> LoopsAnswer {
        await answer(hasIdempotencyKey: false) { try Self.request("api-key", "GET", configuration) }
            ?? LoopsAnswer(outcome: .retry(.unreachable), message: "not sent")
    }

    private static func request(
        _ path: String,
        _ method: String,
        _ configuration: LoopsConfiguration
    ) throws -> HTTPClient.Request {
        try HTTPClient.Request(
            url: "\(configuration.baseURL)/\(path)",
            method: HTTPMethod(rawValue: method),
            headers: [
                "Authorization": "Bearer \(configuration.apiKey)",
                "Accept": "application/json",
                "User-Agent": configuration.userAgent,
            ]
        )
    }

    private func answer(
        hasIdempotencyKey: Bool,
        to request: () throws -> HTTPClient.Request
    ) async -> LoopsAnswer? {
        do {
            let answer = try await exchange(try request())
            let headers = answer.head.headers
            var read = LoopsAnswer(
                classifying: .init(
                    status: Int(answer.head.status.code),
                    contentType: headers.first(name: "Content-Type"),
                    body: Array(answer.body.readableBytesView)
                ),
                hasIdempotencyKey: hasIdempotencyKey
            )
            read.rateLimit = headers.first(name: "x-ratelimit-limit").flatMap { Int($0) }
            read.rateLimitRemaining = headers.first(name: "x-ratelimit-remaining").flatMap { Int($0) }
            read.requestID = Self.requestID(headers)
            return read
        } catch is WriteGate.TooLate {
            return nil
        } catch {
            return LoopsAnswer(
                outcome: .retry(LoopsTransportFault.classify(error)),
                message: LoopsTransportFault.describe(error)
            )
        }
    }

    /// Sends, and waits for the end of the answer at most as long as a request may take. The client's interface with delegates costs a third
    /// less than the one with async sequences, and its deadline covers the body, too: one that trickles must not hold its lane for ever.
    private func exchange(_ request: HTTPClient.Request) async throws -> AnswerCollector.Answer {
        let collector = AnswerCollector(maxBytes: configuration.maxAnswerBytes)
        let deadline = NIODeadline.now() + .nanoseconds(configuration.requestTimeout.nanoseconds)
        let task = http.execute(request: request, delegate: collector, deadline: deadline)
        do {
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            // Too long, or cut short: what a refusal says is in its head.
            guard let head = collector.received?.head, Self.saysEnough(Int(head.status.code)) else { throw error }
            return AnswerCollector.Answer(head: head)
        }
    }
}

extension LoopsClient {
    /// Whether a status decides alone. The body of a 2xx tells a real answer from a page of something in between, that of a 409 what the key
    /// was used for.
    private static func saysEnough(_ status: Int) -> Bool { !(200..<300).contains(status) && status != 409 }

    /// Goes into logs: printable, and of a length.
    private static func requestID(_ headers: HTTPHeaders) -> String? {
        for name in ["x-request-id", "x-vercel-id", "cf-ray"] {
            guard let text = headers.first(name: name), !text.isEmpty else { continue }
            return String(
                text.filter { $0.isASCII && !$0.isWhitespace && $0 >= " " }.prefix(LoopsAnswer.maxRequestIDLength)
            )
        }
        return nil
    }
}

extension Duration {
    /// Whole nanoseconds, capped at what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
