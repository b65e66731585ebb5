import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTPTransport

@Suite("A name with several addresses: one that does not work does not stop a request", .timeLimit(.minutes(1)))
struct SeveralAddressesTests {
    /// Gives one address as the IPv6 one, which is tried first, and one as the IPv4 one.
    private struct TwoAddresses: Resolver, Sendable {
        let eventLoop: any EventLoop
        let first: SocketAddress
        let second: SocketAddress

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            eventLoop.makeSucceededFuture([first])
        }

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            eventLoop.makeSucceededFuture([second])
        }

        func cancelQueries() {}
    }

    private func send(first: Int, second: Int) async throws -> HTTPResponse {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        var connector = try HTTPConnector(
            try #require(HTTPOrigin("http://several.test")),
            timeout: .seconds(60),
            names: .init(address: "loops.baseURL", authorities: "loops.caFile")
        )
        connector.resolver = TwoAddresses(
            eventLoop: eventLoop,
            first: try SocketAddress(ipAddress: "127.0.0.1", port: first),
            second: try SocketAddress(ipAddress: "127.0.0.1", port: second)
        )
        let connections = HTTPConnections(connector: connector, eventLoop: eventLoop, maxResponseBytes: 1000)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "several.test"])
        let response: Result<HTTPResponse, HTTPTransportError>
        do {
            response = .success(try await connections.response(to: HTTPRequest(head: head), within: .seconds(60)))
        } catch {
            response = .failure(error)
        }
        await connections.close()
        return try response.get()
    }

    @Test("The first refuses: the second is asked at once")
    func refused() async throws {
        let unused = try await ScriptedServer.unusedPort()
        try await ScriptedServer.run(.bytes(Canned.ok)) { _, port in
            let response = try await send(first: unused, second: port)
            #expect(response.head.status == .ok)
        }
    }

    @Test("The first is silent: the second is asked while it is")
    func silent() async throws {
        // Whoever comes after the first, which nobody accepts, gets no answer.
        let full = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 0).serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(full.localAddress?.port)
        let queued = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await ScriptedServer.run(.bytes(Canned.ok)) { _, working in
            let response = try await send(first: port, second: working)
            #expect(response.head.status == .ok)
        }
        try await queued.close()
        try await full.close()
    }

    @Test("None works: each is told with its reason")
    func none() async throws {
        let (first, second) = (try await ScriptedServer.unusedPort(), try await ScriptedServer.unusedPort())
        await #expect("two reasons") {
            try await send(first: first, second: second)
        } throws: { error in
            "\(error)" == "several.test:80: 127.0.0.1 Connection refused, 127.0.0.1 Connection refused"
        }
    }
}
