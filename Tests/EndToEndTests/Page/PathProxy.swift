import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOHTTP1
import Synchronization

/// A proxy that shows a server under a path of its own, and hides its live events until it is told otherwise.
final class PathProxy: Sendable {
    static let path = "/bridge"

    private let target: String
    private let showsEvents = Mutex(false)

    /// - Parameter target: the address of the server, with the slash at its end.
    init(target: String) {
        self.target = target
    }

    func showEvents() { showsEvents.withLock { $0 = true } }

    /// Listens as long as `body` runs, which gets the address of the page.
    func run(port: Int, _ body: @Sendable @escaping (String) async throws -> Void) async throws {
        let router = Router()
        // The page itself, and what is below it.
        for path in ["\(Self.path)", "\(Self.path)/**"] as [RouterPath] {
            router.get(path) { request, _ in try await self.answer(request) }
            router.post(path) { request, _ in try await self.answer(request) }
        }
        let listening = AsyncStream<Void>.makeStream()
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in listening.continuation.finish() },
            logger: .quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            for await _ in listening.stream {}
            try await body("http://127.0.0.1:\(port)\(Self.path)/")
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path.dropFirst(Self.path.count + 1)
        guard path != "events" || showsEvents.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
        var asked = HTTPClientRequest(url: target + path + (request.uri.query.map { "?\($0)" } ?? ""))
        asked.method = .RAW(value: request.method.rawValue)
        // The name under which it was asked is not passed on.
        for name in [HTTPField.Name.authorization, .origin, HTTPField.Name("Sec-Fetch-Site")].compactMap({ $0 }) {
            if let value = request.headers[name] { asked.headers.add(name: name.rawName, value: value) }
        }
        if request.method == .post { asked.body = .bytes(try await request.body.collect(upTo: 1 << 20)) }
        let answer = try await HTTPClient.shared.execute(asked, timeout: .seconds(120))
        var headers = HTTPFields()
        for (name, value) in answer.headers where !["connection", "transfer-encoding"].contains(name.lowercased()) {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .init(code: Int(answer.status.code)),
            headers: headers,
            body: .init(asyncSequence: answer.body)
        )
    }
}
