import Loops

/// Loops as delivery needs it: the one thing that leaves the process. ``LoopsClient`` is it; fault injection wraps that.
///
/// The only existential that each request passes.
protocol LoopsSending: Sendable {
    /// Sends once. Not at all once the deadline has passed, which is looked at right before the write; nil says that it was not sent.
    func send(_ request: EncodedRequest, deadline: ContinuousClock.Instant) async -> LoopsResponse?
    /// Whether Loops takes the API key.
    func testKey() async -> LoopsResponse
}

extension LoopsClient: LoopsSending {
    func send(_ request: EncodedRequest, deadline: ContinuousClock.Instant) async -> LoopsResponse? {
        await send(request, sendDeadline: deadline)
    }
}
