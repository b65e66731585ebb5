import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// async-http-client by its older interface, a delegate and a future, everything on one event loop.
enum FutureFloor {
    static func withSender(
        port: Int,
        contactQueues: Int,
        on eventLoop: any EventLoop,
        _ body: @Sendable (@escaping Floor.Sender) async throws -> Void
    ) async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = contactQueues
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.tracing.tracer = nil
        try await HTTPClient.withHTTPClient(eventLoopGroup: eventLoop, configuration: configuration) { client in
            try await body { _, sample in
                var headers: HTTPHeaders = [
                    "Authorization": "Bearer test", "Accept": "application/json", "User-Agent": "floor",
                    "Content-Type": "application/json",
                ]
                if let key = sample.key { headers.add(name: "Idempotency-Key", value: key) }
                let request = try HTTPClient.Request(
                    url: "http://127.0.0.1:\(port)/api/v1/\(sample.path)",
                    method: HTTPMethod(rawValue: sample.method),
                    headers: headers,
                    body: .byteBuffer(ByteBuffer(bytes: sample.body))
                )
                let answer = ResponseAccumulator(request: request, maxBodySize: 65_536)
                let task = client.execute(request: request, delegate: answer, deadline: .now() + .seconds(10))
                let response = try await task.get()
                try Floor.expectOK(response.status.code)
                return response.body?.readableBytes ?? 0
            }
        }
    }
}
