import DevKit
import HTTPTransport
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("What commands read of an admin port", .timeLimit(.minutes(1)))
struct AdminClientTests {
    private static let status = #"{"health":{"state":"healthy"},"text":"\#(String(repeating: "x", count: 100_000))"}"#

    /// An admin port as its address, with a status in chunks at `/chunked`, a redirect to it at `/moved`, and one that is too long at `/long`.
    private func withServer(_ body: @Sendable @escaping (String) async throws -> Void) async throws {
        let router = Router()
        router.get("/chunked/status.json") { request, _ in
            guard request.headers[.authorization] == "Bearer t+ken" else { return Response(status: .unauthorized) }
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for piece in Self.status.utf8.chunks(of: 1000) { try await writer.write(ByteBuffer(bytes: piece)) }
                    try await writer.finish(nil)
                }
            )
        }
        router.get("/moved/status.json") { _, _ in
            Response(status: .temporaryRedirect, headers: [.location: "/chunked/status.json"])
        }
        router.get("/long/status.json") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)
                    for _ in 0..<10 { try await writer.write(piece) }
                    try await writer.finish(nil)
                }
            )
        }
        router.post("/control/pause") { request, _ in
            #"{"by":"\#(request.uri.queryParameters["by"] ?? "")","length":"\#(request.headers[.contentLength] ?? "")"}"#
        }
        let port = OneTime<Int>()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.set($0.localAddress?.port ?? 0) },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(await port.value)")
        }
    }

    @Test("A chunked status is read whole, with the token; a redirect is not followed; what is too long is not read")
    func status() async throws {
        try await withServer { base in
            func status(_ path: String) async throws -> JSONValue {
                // A slash at the end is none of the path's.
                let origin = try #require(HTTPOrigin("\(base)/\(path)/"))
                return try await AdminClient(origin: origin, token: "t+ken").status()
            }
            let chunked = try await status("chunked")
            #expect(chunked["text"]?.stringValue?.count == 100_000)
            await #expect("it answered 307") { try await status("moved") } throws: { "\($0)" == "it answered 307" }
            await #expect("too long") { try await status("long") } throws: {
                ($0 as? HTTPTransportError)?.kind == .tooLong
            }
            await #expect("none") { try await status("none") } throws: { "\($0)" == "it answered 404" }
        }
    }

    @Test("A control request says who asks, whatever characters that has, and has a length")
    func control() async throws {
        try await withServer { base in
            let answer = try await ControlClient(base: base, token: "t").post("pause", by: "a+b c&d=é")
            #expect(answer == ["by": "a+b c&d=é", "length": "0"])
        }
    }
}

extension String.UTF8View {
    fileprivate func chunks(of length: Int) -> [SubSequence] {
        var rest = self[...]
        var chunks: [SubSequence] = []
        while !rest.isEmpty {
            chunks.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return chunks
    }
}
