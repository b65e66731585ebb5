import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPTransport

@Suite("A proxy is asked for a tunnel, and what it says instead has words")
struct ProxyConnectTests {
    private final class Site {
        let channel = EmbeddedChannel()
        let established: EventLoopFuture<Void>

        init(_ proxy: String, isConnected: Bool = false) throws {
            let promise = channel.embeddedEventLoop.makePromise(of: Void.self)
            established = promise.futureResult
            let handler = ProxyConnectHandler(
                proxy: try HTTPProxy(proxy, setting: "loops.proxy"),
                target: "app.loops.so:443",
                timeout: .seconds(5),
                deadline: channel.embeddedEventLoop.now + .seconds(5),
                established: promise
            )
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
            if isConnected { channel.connect(to: address, promise: nil) }
            let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
            try channel.pipeline.syncOperations.addHandlers([HTTPRequestEncoder(), decoder, handler])
            if !isConnected { channel.connect(to: address, promise: nil) }
        }

        deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

        var sent: String {
            get throws {
                var text = ""
                while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
                return text
            }
        }

        func answer(_ text: String) { _ = try? channel.writeInbound(ByteBuffer(string: text)) }

        /// nil while neither.
        var outcome: String? {
            var outcome: String?
            established.assumeIsolated().whenComplete { result in
                switch result {
                case .success: outcome = "established"
                case .failure(let error): outcome = "\(error)"
                }
            }
            channel.embeddedEventLoop.run()
            return outcome
        }
    }

    @Test("A channel that is connected already, and says so afterwards: it is asked once")
    func askedOnce() throws {
        let site = try Site("proxy:3128", isConnected: true)
        site.channel.pipeline.fireChannelActive()
        #expect(try site.sent.matches(of: /CONNECT/).count == 1)
    }

    @Test("The request, with credentials where there are any")
    func request() throws {
        #expect(
            try Site("proxy:3128").sent
                == "CONNECT app.loops.so:443 HTTP/1.1\r\nHost: app.loops.so:443\r\n\r\n"
        )
        #expect(try Site("http://u:p@proxy:3128").sent.contains("\r\nProxy-Authorization: Basic dTpw\r\n"))
    }

    @Test("Any 2xx is a tunnel, whatever length it claims", arguments: ["200 Connection established", "204 Fine"])
    func established(status: String) throws {
        let site = try Site("proxy:3128")
        site.answer("HTTP/1.1 \(status)\r\nX: y\r\n")
        #expect(site.outcome == nil)
        site.answer("\r\n")
        #expect(site.outcome == "established" && site.channel.isActive)
    }

    @Test(
        "What was said instead, and what to do",
        arguments: [
            (
                "proxy:3128", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9\r\n\r\n",
                "proxy http://proxy:3128 wants a user and a password (407). Set loops.proxy to http://user:password@proxy:3128"
            ),
            (
                "u:hunter2@proxy:3128", "HTTP/1.1 407 No\r\n\r\n",
                "proxy http://proxy:3128 does not accept the user and the password (407). Check those in loops.proxy"
            ),
            (
                "u:hunter2@proxy:3128", "HTTP/1.1 401 Unauthorized\r\n\r\n",
                "proxy http://proxy:3128 does not accept the user and the password (401). Check those in loops.proxy"
            ),
            (
                "u:hunter2@proxy:3128", "HTTP/1.1 403 For\u{1B}bidden\r\n\r\n",
                "proxy http://proxy:3128 refuses connections to app.loops.so:443 (403 Forbidden). Allow that host and port at the proxy"
            ),
            (
                "proxy:3128", "HTTP/1.1 503 Service Unavailable\r\n\r\n",
                "proxy http://proxy:3128 could not reach app.loops.so:443 (503 Service Unavailable). Check that the proxy can resolve and reach that host"
            ),
        ]
    )
    func refused(proxy: String, answer: String, words: String) throws {
        let site = try Site(proxy)
        site.answer(answer)
        #expect(site.outcome == words && !site.channel.isActive)
    }

    @Test("What is no HTTP, an end without an answer, and silence")
    func noAnswer() throws {
        let garbage = try Site("proxy:3128")
        garbage.answer("SSH-2.0-OpenSSH_9.2\r\n")
        #expect(garbage.outcome?.contains("does not answer as an HTTP proxy does") == true)

        let closed = try Site("https://proxy:3128")
        closed.channel.pipeline.fireChannelInactive()
        let words = "proxy https://proxy:3128 closed the connection without an answer"
        #expect(closed.outcome?.hasPrefix(words) == true && closed.outcome?.hasSuffix("(http://proxy:3128)") == true)

        let silent = try Site("proxy:3128")
        silent.channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(silent.outcome == nil)
        silent.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(silent.outcome?.contains("did not answer within 5000 ms") == true && !silent.channel.isActive)
    }
}
