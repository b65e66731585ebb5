import Synchronization

/// Wakes one waiting loop. Many signals before the loop looks are one; a signal is never lost.
final class Wakeup: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func signal() { continuation.yield() }

    /// No signal comes any more; the loop ends after those that were given.
    func finish() { continuation.finish() }

    /// Waits for the next signal. One loop only.
    /// - Returns: false when the task was cancelled or ``finish()`` was called.
    func wait() async -> Bool {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next() != nil
    }
}
