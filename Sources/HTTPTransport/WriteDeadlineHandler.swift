import NIOCore

/// The last one to see a request before the socket: it lets nothing of it through once its latest start has passed.
///
/// Between the decision to send and the system call lie encoding, encryption and perhaps the moment in which the process was stopped or lost its
/// core. Nothing can look later than this: behind it is only the call that writes.
final class WriteDeadlineHandler: ChannelOutboundHandler {
    typealias OutboundIn = Never

    /// What it tells the others when a request came too late. From then on it lets nothing through, so the channel has to be closed.
    struct TooLate {}

    /// The latest start of the request whose bytes come next; nil when they may leave at any time.
    var sendDeadline: ContinuousClock.Instant?
    let now: () -> ContinuousClock.Instant
    private var isShut = false

    init(now: @escaping () -> ContinuousClock.Instant = { .now }) { self.now = now }

    func flush(context: ChannelHandlerContext) {
        if let sendDeadline, now() >= sendDeadline {
            isShut = true
            context.fireUserInboundEventTriggered(TooLate())
        }
        // What comes behind the first bytes has to follow them.
        sendDeadline = nil
        if !isShut { context.flush() }
    }
}
