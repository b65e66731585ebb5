import NIOCore
import NIOHTTP1

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
