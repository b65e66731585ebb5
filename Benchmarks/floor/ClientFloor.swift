import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// async-http-client by its async interface, on the event loops that it takes by itself.
enum ClientFloor {
    static func withSender(
        port: Int,
        contactQueues: Int,
        _ body: @Sendable (@escaping Floor.Sender) async throws -> Void
    ) async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = contactQueues
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body { _, sample in
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/\(sample.path)")
                request.method = HTTPMethod(rawValue: sample.method)
                request.headers = [
                    "Authorization": "Bearer test", "Accept": "application/json", "User-Agent": "floor",
                    "Content-Type": "application/json",
                ]
                if let key = sample.key { request.headers.add(name: "Idempotency-Key", value: key) }
                request.body = .bytes(ByteBuffer(bytes: sample.body))
                let response = try await client.execute(request, timeout: .seconds(10))
                try Floor.expectOK(response.status.code)
                return try await response.body.collect(upTo: 65_536).readableBytes
            }
        }
    }
}
