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

/// A whole response.
package struct HTTPResponse: Sendable {
    package var head: HTTPResponseHead
    package var body: ByteBuffer
    /// Whether its request left after the request's `sendDeadline`: see ``HTTPConnection``.
    package var isOfLateRequest = false

    package init(head: HTTPResponseHead, body: ByteBuffer = ByteBuffer()) {
        self.head = head
        self.body = body
    }
}

/// One request with whoever waits for its answer.
struct HTTPExchange: Sendable {
    /// Tells it from every other exchange of the process.
    let number: UInt64
    let head: HTTPRequestHead
    let body: ByteBuffer?
    /// Nothing of it is written once this instant has passed.
    let sendDeadline: ContinuousClock.Instant?
    /// When it has to be over: connecting, writing, and the last byte of the answer.
    let deadline: NIODeadline
    /// Fails with an ``HTTPTransportError`` only.
    let promise: EventLoopPromise<HTTPResponse>
}
