package import NIOCore
package import NIOHTTP1

/// A whole response.
package struct HTTPResponse: Sendable {
    package var head: HTTPResponseHead
    package var body: ByteBuffer

    package init(head: HTTPResponseHead, body: ByteBuffer = ByteBuffer()) {
        self.head = head
        self.body = body
    }
}
