/// A reply that was given up since it is too large, as far as it came.
public struct LargeReply: Sendable, Equatable {
    /// The most bytes that a reply may have.
    public let limit: Int
    /// The first bytes of it, in the protocol.
    let head: Bytes

    /// Bytes that are kept: enough for the beginning of a list of entries.
    static let headBytes = 128

    init(limit: Int, head: Bytes) {
        self.limit = limit
        self.head = head
    }

    /// The ID of the first entry, if it was a reply of `XRANGE`'s form.
    public var firstEntry: StreamID? {
        // *1, *2, $LENGTH, ID
        let lines = head.split(separator: UInt8(ascii: "\n"), maxSplits: 4).prefix(4).map { line in
            String(decoding: line, as: UTF8.self)
        }
        guard lines.count == 4, lines[0].hasPrefix("*"), lines[1].hasPrefix("*2"), lines[2].hasPrefix("$") else {
            return nil
        }
        return StreamID(lines[3].filter { $0 != "\r" && $0 != "\r\n" })
    }
}
