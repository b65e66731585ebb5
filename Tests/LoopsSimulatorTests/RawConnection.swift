import JSON
import LoopsSimulator
import NIOCore
import NIOPosix

/// One TCP connection that speaks HTTP/1.1 by hand, so that a test sees what really came over the wire.
struct RawConnection {
    struct Response: Sendable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// Whether as many bytes came as `content-length` had promised.
        var isWhole = false

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue? { try? JSONParser.parse(body) }
        var message: String? { json?["message"]?.stringValue }
    }

    /// The connection ended before a head of a response was there.
    struct NoResponse: Error {
        let cause: String
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []
    private var end: String?

    static func with<Result: Sendable>(
        port: Int,
        _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    mutating func response() async throws -> Response {
        while true {
            if let (response, used) = parse() {
                received.removeFirst(used)
                return response
            }
            if let end { throw NoResponse(cause: end) }
            await read()
        }
    }

    /// Reads until the other side is gone and says how: "end" or the error.
    mutating func untilClosed() async -> String {
        while end == nil { await read() }
        return end ?? ""
    }

    /// All that comes until this text, or until the other side is gone; taken as it is on the wire.
    mutating func text(until mark: String? = nil) async -> String {
        while end == nil {
            if let mark, String(decoding: received, as: UTF8.self).contains(mark) { break }
            await read()
        }
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    private mutating func read() async {
        do {
            if let bytes = try await inbound.next(isolation: #isolation) {
                received += Array(bytes.readableBytesView)
            } else {
                end = "end"
            }
        } catch {
            end = "\(error)"
        }
    }

    private func parse() -> (Response, Int)? {
        let mark: [UInt8] = [13, 10, 13, 10]
        guard received.count >= 4,
            let split = (0...(received.count - 4)).first(where: { Array(received[$0..<$0 + 4]) == mark })
        else { return nil }
        let lines = String(decoding: received[..<split], as: UTF8.self).split(separator: "\r\n")
        var response = Response()
        response.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            response.headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description
        }
        let start = split + 4
        let length = Int(response.headers["content-length"] ?? "") ?? 0
        let there = received.count - start
        guard there >= length || end != nil else { return nil }
        response.body = Array(received[start..<start + min(there, length)])
        response.isWhole = there >= length
        return (response, start + response.body.count)
    }
}

/// A request as text.
func requestText(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    key: String? = nil,
    bearer: String? = TeamSeed.defaultKey,
    close: Bool = false
) -> String {
    requestText(
        method,
        path,
        raw: body.map { String(decoding: $0.serialized(), as: UTF8.self) },
        key: key,
        bearer: bearer,
        close: close
    )
}

func requestText(
    _ method: String,
    _ path: String,
    raw: String?,
    key: String? = nil,
    bearer: String? = TeamSeed.defaultKey,
    close: Bool = false
) -> String {
    var text = "\(method) \(path) HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if let bearer { text += "authorization: Bearer \(bearer)\r\n" }
    if let key { text += "idempotency-key: \(key)\r\n" }
    if close { text += "connection: close\r\n" }
    if let raw { text += "content-type: application/json\r\ncontent-length: \(raw.utf8.count)\r\n" }
    return text + "\r\n" + (raw ?? "")
}

/// One request on a connection of its own.
func call(
    _ port: Int,
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    key: String? = nil,
    bearer: String? = TeamSeed.defaultKey
) async throws -> RawConnection.Response {
    try await RawConnection.with(port: port) { connection in
        try await connection.send(requestText(method, path, body, key: key, bearer: bearer))
        return try await connection.response()
    }
}
