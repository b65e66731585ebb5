package import Logging
package import RedisStreams
import Synchronization

/// Adds events to one stream: holds what cannot be added at once, and adds it in order. ``run()`` is its lifetime.
package final class StreamIntake: Sendable {
    /// What came of a part of a request.
    package struct Accepted: Sendable, Equatable {
        package var added: Int
        /// Those that had been there before.
        package var duplicates: Int

        package init(added: Int = 0, duplicates: Int = 0) {
            self.added = added
            self.duplicates = duplicates
        }
    }

    package typealias Outcome = Result<Accepted, IntakeRefusal>

    /// What a look at it shows.
    package struct Snapshot: Sendable {
        package var held = 0
        package var oldest: ContinuousClock.Instant?
        package var outageSince: ContinuousClock.Instant?
        /// Why the last call failed; nil when it did not, and before the first one.
        package var failure: CallFailure?
        /// When a call last succeeded.
        package var succeededAt: ContinuousClock.Instant?
        package var length: Int?
    }

    /// What happens here, for metrics. Called by one task.
    package protocol Observer: Sendable {
        func called(_ took: Duration, failure: CallFailure?)
        func ended(_ outcome: Outcome, after: Duration)
    }

    private struct Waiter {
        let events: [AcceptScript.Event]
        /// nil for a probe.
        let request: RequestParts?
    }

    private struct State {
        var queue: HoldQueue
        var waiters: [HoldQueue.ID: Waiter] = [:]
        var isStopping = false
        var snapshot = Snapshot()
    }

    package let stream: String
    private let client: RedisClient
    private let caller: StreamCaller
    private let observer: (any Observer)?
    private let logger: Logger
    private let state: Mutex<State>
    private let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation
    /// How often Redis is asked for a sign of life while nothing comes.
    private static let probeInterval = Duration.seconds(1)

    /// - Parameters:
    ///   - client: leads to the stream's slot; its `run()` is the caller's.
    ///   - maxLength: the most entries that the stream may have; 0 for any number.
    ///   - replicas: how many must have what is accepted.
    package init(
        stream: String,
        client: RedisClient,
        maxLength: Int = 0,
        replicas: Int = 0,
        limits: HoldQueue.Limits = .init(),
        observer: (any Observer)? = nil,
        logger: Logger
    ) {
        self.stream = stream
        self.client = client
        self.caller = StreamCaller(
            client: client,
            keys: IntakeKeys(stream: stream),
            maxLength: maxLength,
            replicas: replicas
        )
        self.observer = observer
        self.logger = logger
        state = Mutex(State(queue: HoldQueue(limits: limits)))
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var snapshot: Snapshot {
        state.withLock { state in
            var snapshot = state.snapshot
            snapshot.held = state.queue.count
            snapshot.oldest = state.queue.oldest
            snapshot.outageSince = state.queue.outageSince
            return snapshot
        }
    }

    /// Adds the events of a request as soon as everything that came before is added, so many in one call as a call may have: each call's all, or
    /// none. Returns when Redis has all of them, or when they were held for too long; then some may be there, and sending them again is safe.
    package func add(_ events: [AcceptScript.Event]) async -> Outcome {
        if events.isEmpty { return .success(.init()) }
        let parts = stride(from: 0, to: events.count, by: AcceptScript.eventsMax).map { first in
            Array(events[first..<min(first + AcceptScript.eventsMax, events.count)])
        }
        let sizes = parts.map { part in
            HoldQueue.Size(events: part.count, bytes: part.reduce(0) { $0 + $1.payload.count })
        }
        let start = ContinuousClock.now
        let outcome = await withCheckedContinuation { continuation in
            let request = RequestParts(count: parts.count, answer: continuation)
            let refusal = state.withLock { state -> IntakeRefusal? in
                if state.isStopping { return .stopped }
                guard let ids = state.queue.arrive(sizes, now: start) else {
                    return .noRoom(outageSeconds: state.queue.outageSeconds(now: start))
                }
                for (id, part) in zip(ids, parts) { state.waiters[id] = Waiter(events: part, request: request) }
                return nil
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) } else { wakeup.yield() }
        }
        observer?.ended(outcome, after: .now - start)
        return outcome
    }

    /// Adds what comes, until ``stop()``; then what is held, and ends.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.probe() }
            await work()
            group.cancelAll()
        }
        // Whoever is left was cut off from us, not from Redis.
        let left = state.withLock { state in
            state.isStopping = true
            defer { state.waiters = [:] }
            return state.waiters.values.compactMap(\.request)
        }
        for request in left { request.ended(.failure(.stopped)) }
    }

    /// Takes nothing more; what is held comes to its end.
    package func stop() {
        state.withLock { $0.isStopping = true }
        wakeup.yield()
    }

    private func work() async {
        var caller = caller
        var arrivals = wakeups.makeAsyncIterator()
        while !Task.isCancelled {
            let now = ContinuousClock.now
            expire(now: now)
            let (action, isOver) = state.withLock { state in
                (state.queue.next(now: now), state.isStopping && state.queue.count == 0)
            }
            if isOver { return }
            switch action {
            case .call(let ids, let deadline): await call(ids, deadline: deadline, &caller)
            // Only cancellation ends it, and the loop sees that.
            case .wait(let until): try? await Task.sleep(until: until, clock: .continuous)
            case .idle: _ = await arrivals.next(isolation: #isolation)
            }
        }
    }

    private func call(_ ids: [HoldQueue.ID], deadline: ContinuousClock.Instant, _ caller: inout StreamCaller) async {
        let parts = state.withLock { state in ids.compactMap { state.waiters[$0] } }
        let start = ContinuousClock.now
        do throws(CallFailure) {
            let (known, length) = try await caller.add(parts.flatMap(\.events), deadline: deadline)
            let now = ContinuousClock.now
            observer?.called(now - start, failure: nil)
            let outage = state.withLock { state in
                let outage = state.queue.outageSince
                state.queue.accepted()
                for id in ids { state.waiters[id] = nil }
                state.snapshot.failure = nil
                state.snapshot.succeededAt = now
                state.snapshot.length = length
                return outage
            }
            if let outage {
                logger.notice("Events are added again", metadata: ["seconds": "\((now - outage) / .seconds(1))"])
            }
            var duplicatesLeft = known[...]
            var first = 0
            for part in parts {
                let end = first + part.events.count
                let duplicates = duplicatesLeft.prefix { $0 < end }.count
                duplicatesLeft = duplicatesLeft.dropFirst(duplicates)
                first = end
                part.request?.ended(
                    .success(.init(added: part.events.count - duplicates, duplicates: duplicates))
                )
            }
        } catch {
            let now = ContinuousClock.now
            observer?.called(now - start, failure: error)
            let isNews = state.withLock { state in
                defer { state.snapshot.failure = error }
                state.queue.failed(now: now)
                return state.snapshot.failure?.word != error.word
            }
            if isNews { logger.warning("Events cannot be added; holding requests", metadata: ["error": "\(error)"]) }
        }
    }

    /// A call without events whenever nothing has come for a while: so that an outage is known, and its end.
    private func probe() async {
        while true {
            do { try await Task.sleep(for: Self.probeInterval) } catch { return }
            let now = ContinuousClock.now
            let isDue = state.withLock { state in
                guard state.queue.count == 0, !state.isStopping,
                    state.snapshot.succeededAt.map({ now - $0 >= Self.probeInterval }) ?? true,
                    let id = state.queue.arrive([.init(events: 0, bytes: 0)], now: now)?.first
                else { return false }
                state.waiters[id] = Waiter(events: [], request: nil)
                return true
            }
            if isDue { wakeup.yield() }
        }
    }

    private func expire(now: ContinuousClock.Instant) {
        let (late, seconds) = state.withLock { state in
            let ids = state.queue.expire(now: now)
            return (ids.compactMap { state.waiters.removeValue(forKey: $0) }, state.queue.outageSeconds(now: now))
        }
        for part in late { part.request?.ended(.failure(.heldTooLong(outageSeconds: seconds))) }
    }
}
