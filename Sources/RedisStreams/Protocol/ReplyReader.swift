import CHiredis

/// hiredis' protocol parser: bytes in, replies out. Owns the C reader; no pointer leaves this file.
///
/// Not thread-safe; lives on its connection's event loop.
final class ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>?

    init() {
        reader = redisReaderCreate()
    }

    deinit {
        if let reader { redisReaderFree(reader) }
    }

    /// What made further parsing impossible. The connection has to be replaced.
    struct Fault: Error {
        let text: String
    }

    /// Adds what was read from the connection.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        guard redisReaderFeed(reader, base.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else { throw fault }
    }

    /// The next complete reply; nil when more bytes are needed.
    func next() throws(Fault) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw fault }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return Self.copy(reply.assumingMemoryBound(to: redisReply.self))
    }

    private var fault: Fault {
        guard let reader else { return Fault(text: "out of memory") }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Fault(text: text)
    }

    private static func copy(_ reply: UnsafeMutablePointer<redisReply>) -> RedisValue {
        switch reply.pointee.type {
        case REDIS_REPLY_STRING: .bulk(Bytes(string(reply)))
        case REDIS_REPLY_STATUS: .status(String(decoding: string(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(RedisServerError(String(decoding: string(reply), as: UTF8.self)))
        case REDIS_REPLY_INTEGER: .integer(reply.pointee.integer)
        case REDIS_REPLY_ARRAY:
            .array(
                (0..<Int(reply.pointee.elements)).map { index in
                    // hiredis fills every element of a complete array.
                    reply.pointee.element[index].map { copy($0) } ?? .null
                }
            )
        default: .null
        }
    }

    private static func string(_ reply: UnsafeMutablePointer<redisReply>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.pointee.str, count: Int(reply.pointee.len))
    }
}
