public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests to Loops, one attempt each, and says what the answers mean. Retrying is the caller's.
///
/// Give it an `HTTPClient` made with ``httpConfiguration(_:)``: redirects must be off, since following one turns a POST into a GET.
public struct LoopsClient: Sendable {
    private let configuration: LoopsConfiguration
    private let http: HTTPClient

    public init(configuration: LoopsConfiguration, http: HTTPClient) {
        self.configuration = configuration
        self.http = http
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
        http.http1_1ConnectionDebugInitializer = { WriteGate.install(in: $0) }
        return http
    }

    /// Sends `call` once. Never throws: the lack of an answer is an answer too.
    ///
    /// - Parameter startBy: the request is not sent at all, or not to its end, once this instant has passed; looked at right before every
    ///   write.
    /// - Returns: nil when it was not sent for that reason.
    public func send(_ call: LoopsCall, startBy: ContinuousClock.Instant? = nil) async -> LoopsAnswer? {
        var request = self.request(call.path, method: HTTPMethod(rawValue: call.method))
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
        if let key = call.idempotencyKey { request.headers.replaceOrAdd(name: "Idempotency-Key", value: key) }
        if let trace = call.trace {
            request.headers.replaceOrAdd(name: "traceparent", value: trace.traceparent)
            if !trace.state.isEmpty { request.headers.replaceOrAdd(name: "tracestate", value: trace.state) }
        }
        if let startBy { request.headers.replaceOrAdd(name: WriteGate.header, value: WriteGate.text(startBy)) }
        request.body = .bytes(ByteBuffer(bytes: call.body))
        guard var answer = await answer(to: request, hasIdempotencyKey: call.idempotencyKey != nil) else { return nil }
        // A contact that is not there is as deleted as can be: a deletion that is repeated after a lost answer succeeds.
        if call.operation == .deleteContact, answer.status == 404 { answer.outcome = .delivered }
        return answer
    }

    /// Asks `GET /api-key` whether the key is taken. Free of side effects, but it counts against the rate limit.
    public func testKey() async -> LoopsAnswer {
        await answer(to: request("api-key", method: .GET), hasIdempotencyKey: false)
            ?? LoopsAnswer(outcome: .retry(.unreachable), message: "not sent")
    }

    private func request(_ path: String, method: HTTPMethod) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(configuration.baseURL)/\(path)")
        request.method = method
        request.headers = [
            "Authorization": "Bearer \(configuration.apiKey)",
            "Accept": "application/json",
            "User-Agent": configuration.userAgent,
        ]
        return request
    }

    private func answer(to request: HTTPClientRequest, hasIdempotencyKey: Bool) async -> LoopsAnswer? {
        do {
            let began = ContinuousClock.now
            let deadline = NIODeadline.now() + .nanoseconds(configuration.requestTimeout.nanoseconds)
            let response = try await http.execute(request, deadline: deadline)
            let body: ByteBuffer
            do {
                body = try await self.body(of: response, until: began + configuration.requestTimeout)
            } catch  where Self.saysEnough(Int(response.status.code)) {
                // Too long, or cut short: what it says is in the head.
                body = ByteBuffer()
            }
            var answer = LoopsAnswer(
                classifying: .init(
                    status: Int(response.status.code),
                    contentType: response.headers.first(name: "Content-Type"),
                    body: Array(body.readableBytesView)
                ),
                hasIdempotencyKey: hasIdempotencyKey
            )
            answer.rateLimit = response.headers.first(name: "x-ratelimit-limit").flatMap { Int($0) }
            answer.rateLimitRemaining = response.headers.first(name: "x-ratelimit-remaining").flatMap { Int($0) }
            answer.requestID = Self.requestID(response.headers)
            return answer
        } catch is WriteGate.TooLate {
            return nil
        } catch {
            return LoopsAnswer(
                outcome: .retry(LoopsTransportFault.classify(error)),
                message: LoopsTransportFault.describe(error)
            )
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

    /// Reads the body within the request's time. The HTTP client's own deadline ends with the answer's head, and its read timeout begins anew
    /// with every byte, so that a body that trickles would hold its lane for ever.
    private func body(of response: HTTPClientResponse, until deadline: ContinuousClock.Instant) async throws
        -> ByteBuffer
    {
        let maxBytes = configuration.maxAnswerBytes
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await response.body.collect(upTo: maxBytes) }
            group.addTask {
                try await Task.sleep(until: deadline, tolerance: .zero, clock: .continuous)
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ByteBuffer()
        }
    }
}

extension Duration {
    /// Whole nanoseconds, capped at what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
