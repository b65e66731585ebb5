import HTTPTypes
import Hummingbird
import Ingest
import NIOCore

/// Answers the requests of the intake: once Redis has their events, or with why it does not.
struct IngestResponder: HTTPResponder {
    typealias Context = IngestRequestContext

    let intake: Intake

    @concurrent
    func respond(to request: Request, context: IngestRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let parts = request.head.path?.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        let endpoint = IngestEndpoint(method: request.method.rawValue, path: parts.first.map(String.init) ?? "/")
        var reader = BodyReader(limit: intake.maxBodyBytes, budget: intake.bodies)
        defer { reader.giveBack() }
        var body: [UInt8] = []
        var refusal: IngestRefusal?
        do {
            body = try await reader.read(request)
        } catch let error as IngestRefusal {
            refusal = error
        }
        let sender = intake.forwarded.sender(
            peer: context.remoteAddress?.ipAddress,
            header: Self.forwardedFor.map { request.headers[values: $0] } ?? []
        )
        let asked = IngestRequest(
            endpoint: endpoint,
            query: parts.count > 1 ? String(parts[1]) : "",
            headers: request.headers.map { ($0.name.rawName, $0.value) } + Self.host(request),
            body: body,
            remoteAddress: sender
        )
        let bytes = body.count
        body = []
        let (answer, key) = await intake.answer(to: asked, refusal: refusal)
        intake.metrics.answered(asked, answer, key: key, bytes: bytes, took: .now - start)
        return Self.response(answer, isHead: request.method == .head)
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    /// HTTP types have it apart from the other headers.
    private static func host(_ request: Request) -> [IngestRequest.Header] {
        request.head.authority.map { [("Host", $0)] } ?? []
    }

    private static func response(_ answer: IngestAnswer, isHead: Bool) -> Response {
        var headers = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        let status = HTTPResponse.Status(code: answer.status)
        if isHead || answer.body.isEmpty { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

/// What the intake knows of a request beside what it says: who asks.
struct IngestRequestContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
