import NIOCore
import NIOHTTP1

/// Puts the parts of one answer together, up to a length.
struct ResponseAssembler {
    enum Step: Sendable {
        case more
        case finished(HTTPResponse)
        case tooLong
    }

    /// The most of a body that is read, in bytes.
    let maxBytes: Int
    private(set) var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    mutating func read(_ part: HTTPClientResponsePart) -> Step {
        switch part {
        case .head(let head):
            self.head = head
            return .more
        case .body(var bytes):
            guard body.readableBytes + bytes.readableBytes <= maxBytes else { return .tooLong }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            return .more
        case .end:
            // The decoder gives no end without a head.
            return head.map { .finished(HTTPResponse(head: $0, body: body)) } ?? .more
        }
    }
}
