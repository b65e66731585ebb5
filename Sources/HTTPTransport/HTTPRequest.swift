package import NIOCore
package import NIOHTTP1

/// A request as it is put on a connection.
package struct HTTPRequest: Sendable {
    package var head: HTTPRequestHead
    package var body: ByteBuffer?
    /// Nothing of it is written once this instant has passed.
    package var sendDeadline: ContinuousClock.Instant?

    package init(head: HTTPRequestHead, body: ByteBuffer? = nil, sendDeadline: ContinuousClock.Instant? = nil) {
        self.head = head
        self.body = body
        self.sendDeadline = sendDeadline
    }
}
