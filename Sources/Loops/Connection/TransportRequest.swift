import NIOCore
import NIOHTTP1

/// A request as it is put on a connection.
struct TransportRequest: Sendable {
    var head: HTTPRequestHead
    var body: ByteBuffer?
    /// Nothing of it is written once this instant has passed.
    var sendDeadline: ContinuousClock.Instant?
}
