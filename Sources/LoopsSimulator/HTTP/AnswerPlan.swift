import NIOCore
import NIOHTTP1

/// How an answer goes out, after the faults have had their way with it.
struct AnswerPlan {
    let head: HTTPResponseHead
    /// The body, in the pieces it is written in.
    let pieces: [[UInt8]]
    let intervalMilliseconds: Int
    /// False when the connection closes before the promised length is out.
    let endsWhole: Bool
    let closes: Bool

    /// A body that looks like nothing: text that is not JSON, and a byte that is not UTF-8.
    static let garbage: [UInt8] = Array("{\"success\":tru".utf8) + [0xFF, 0x00, 0x3C]

    /// - Parameter isHead: whether only the head was asked for.
    init(_ reply: Reply, _ changes: [FaultAction], keepsAlive: Bool, isHead: Bool = false) {
        var body = reply.body
        var sent = Int.max
        var piece = 0
        var interval = 0
        var closes = !keepsAlive
        var announced = !keepsAlive
        for change in changes {
            switch change {
            case .garbage: body = AnswerPlan.garbage
            case .truncate(let share): sent = Int(Double(body.count) * min(max(share, 0), 1))
            case .trickle(let bytes, let milliseconds):
                piece = max(1, bytes)
                interval = max(1, milliseconds)
            case .closeAfterResponse(let isAnnounced):
                closes = true
                announced = announced || isAnnounced
            case .respond, .delay, .stall, .disconnect, .refuseConnections: break
            }
        }
        var headers = HTTPHeaders()
        for (name, value) in reply.headers { headers.add(name: name, value: value) }
        // Neither has a body, and a 204 has no length either (RFC 9110, 8.6).
        let isBodiless = isHead || reply.status == 204 || reply.status == 304
        if reply.status != 204 { headers.add(name: "content-length", value: String(body.count)) }
        if isBodiless { body = [] }
        if announced { headers.add(name: "connection", value: "close") }
        head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        endsWhole = sent >= body.count
        let going = Array(body.prefix(sent))
        pieces = piece == 0 || going.isEmpty ? [going] : AnswerPlan.cut(going, into: piece)
        intervalMilliseconds = interval
        self.closes = closes || sent < body.count
    }

    private static func cut(_ bytes: [UInt8], into length: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
    }
}
