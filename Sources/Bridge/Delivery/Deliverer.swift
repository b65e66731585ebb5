import Logging
import Loops
import RedisStreams
import StreamGroups
import Synchronization

/// Sends what the contacts' queues hold, as fast as admission control allows, and reports every end in order.
///
/// All decisions are ``DeliveryState``'s; this adds the clock, the dice and the HTTP client.
///
/// Invariant, the order of locks: this one first, then a stream's (``StreamState``), then a wakeup's; never the other way. Streams are told of
/// ends under this lock, so that the order in which they are acknowledged is the order in which they happened.
final class Deliverer: Sendable {
    private let state: Mutex<DeliveryState>
    private let wakeup = Wakeup()
    private let clock = ContinuousClock()
    private let loops: any LoopsSending
    private let limiter: RateLimiter
    /// What is known of each stream, by its number. Asked under this lock.
    let streams: [StreamState]
    /// Where Loops is said to be, for people.
    let baseURL: String
    let metrics: BridgeMetrics
    private let activity: Activity
    let logger: Logger
    let logThrottle: LogThrottle

    init(
        state: DeliveryState,
        loops: any LoopsSending,
        limiter: RateLimiter,
        streams: [StreamState],
        baseURL: String,
        metrics: BridgeMetrics,
        activity: Activity,
        logger: Logger
    ) {
        self.state = Mutex(state)
        self.loops = loops
        self.limiter = limiter
        self.streams = streams
        self.baseURL = baseURL
        self.metrics = metrics
        self.activity = activity
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger)
    }

    /// Puts entries into their contacts' queues. Entries of one stream come in the order of the stream, per contact.
    func enqueue(_ entries: [PlannedEntry]) {
        state.withLock { state in
            for entry in entries {
                let ends = state.contactQueues.admit(entry)
                if !ends.isEmpty { streams[entry.contactQueue.stream].completed(ends) }
            }
        }
        wakeup.signal()
    }

    /// Gives up what waits of a partition; what has begun of it is finished first, if it is still owned.
    func abandon(stream: Int, partition: Int) {
        let now = clock.now
        state.withLock { state in
            streams[stream].returned(
                state.abandon(stream: stream, partition: partition, now: now, mayStart: { mayStart($0, now) })
            )
        }
    }

    /// Leases were renewed: what waited for that goes on.
    func leasesRenewed() {
        let now = clock.now
        let isConcerned = state.withLock { state in
            let woke = state.contactQueues.leasesRenewed()
            return woke || state.permits.isCapOld(now: now)
        }
        if isConcerned { wakeup.signal() }
    }

    /// Whether fewer contacts wait than requests may be under way.
    var isStarving: Bool { state.withLock { $0.contactQueues.contacts < $0.maxInFlight } }

    /// Starts requests until ``drain()``, then returns once what has begun has ended. Cancellation ends requests under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            var alarm: ContinuousClock.Instant?
            while true {
                let now = clock.now
                switch next(now) {
                case .send(let start):
                    group.addTask { await self.deliver(start) }
                    continue
                case .probeKey:
                    group.addTask { await self.probeKey() }
                    continue
                case .ask(let request):
                    group.addTask { await self.ask(request) }
                    continue
                case .wait(let until):
                    if let until, alarm.map({ $0 <= now || until < $0 }) ?? true {
                        alarm = until
                        group.addTask {
                            try? await self.clock.sleep(until: until, tolerance: .zero)
                            self.wakeup.signal()
                        }
                    }
                }
                if state.withLock({ $0.hasDrained }) { break }
                guard await wakeup.wait() else { break }
            }
            group.cancelAll()
        }
    }

    /// Starts nothing new any more. ``run()`` returns when what has begun has ended.
    func drain() {
        state.withLock { $0.drain(now: clock.now) }
        wakeup.signal()
    }

    var snapshot: DeliverySnapshot {
        let now = clock.now
        return state.withLock { DeliverySnapshot($0, now: now) }
    }

    /// Sets the gauges that show an instant.
    func refreshGauges() { metrics.budget.set(snapshot) }

    private func next(_ now: ContinuousClock.Instant) -> DeliveryState.Action {
        state.withLock { state in
            let action = state.next(
                now: now,
                mayStart: { self.mayStart($0, now) },
                lost: { metrics.budget.lost($0) }
            )
            let ends = state.contactQueues.takeEnds()
            // Each call takes ends of one stream.
            for ends in ends.chunked(by: \.stream) { streams[ends[0].stream].completed(ends) }
            for entry in state.contactQueues.takeGiven() { streams[entry.contactQueue.stream].returned([entry]) }
            return action
        }
    }

    private func ask(_ request: PermitRequest) async {
        let answer: Result<PermitGrant, any Error>
        do { answer = .success(try await limiter.ask(request)) } catch { answer = .failure(error) }
        let now = clock.now
        let wait = state.withLock { $0.asked(answer, now: now) }
        switch answer {
        case .success(let grant):
            metrics.budget.granted(grant, wait: wait)
            if let lowest = grant.lowestCap, let cap = limiter.cap, lowest < cap {
                logThrottle.log(
                    .warning,
                    key: "cap",
                    "Another replica has a lower loops.rateLimit, which holds for all; set the same everywhere",
                    metadata: ["own": "\(cap)", "lowest": "\(lowest)"]
                )
            }
        case .failure(let error):
            metrics.budget.granted(nil, wait: nil)
            logThrottle.failed(
                error,
                key: "limiter",
                "The rate limiter in Redis is unavailable; deliveries wait for it"
            )
        }
        wakeup.signal()
    }

    private func mayStart(_ entry: PlannedEntry, _ now: ContinuousClock.Instant) -> Bool {
        streams[entry.contactQueue.stream].sendDeadline(entry.partition, tenure: entry.tenure).map { now < $0 } ?? false
    }

    private func deliver(_ start: ContactQueues.RequestStart) async {
        let began = clock.now
        let stream = streams[start.key.stream]
        var call = start.step.call
        call.trace = call.trace?.next(span: .random(in: 1 ... .max))
        // Looked at again right before the write: a process that slept since the decision must not send.
        guard let deadline = stream.sendDeadline(start.partition, tenure: start.tenure),
            let answer = await loops.send(call, deadline: deadline)
        else {
            state.withLock { stream.returned($0.notSent(start)) }
            return wakeup.signal()
        }
        let now = clock.now
        metrics.budget.used()
        let random = Double.random(in: 0..<1)
        let settled = state.withLock { state in
            let settled = state.answered(start, answer, began: began, now: now, random: random)
            if !settled.ends.isEmpty { stream.completed(settled.ends) }
            if !settled.given.isEmpty {
                stream.returned(settled.given)
            } else if let delay = settled.retryDelay {
                for entry in state.contactQueues.entries(of: start) {
                    stream.attemptFailed(entry.id, attempts: entry.attempts, answer, again: delay > .zero ? delay : nil)
                }
            }
            return settled
        }
        metrics.request(start.step.call.operation, settled.answer, took: now - began)
        metrics.mappings.request(start.step.mapping, took: now - began)
        activity.answered(start, settled.answer)
        if start.isSuspect { stream.survived(start.entry) }
        if answer.isOfLateRequest { reportLate(start) }
        report(start, call, settled)
        wakeup.signal()
    }

    private func probeKey() async {
        let answer = await loops.testKey()
        let now = clock.now
        let random = Double.random(in: 0..<1)
        let change = state.withLock { $0.keyProbed(answer, now: now, random: random) }
        let metadata: Logger.Metadata = [
            "operation": "api-key", "status": "\(answer.status.map(String.init) ?? "none")", "error": "\(answer.cause)",
        ]
        switch change {
        case .resumed: logger.notice("Loops accepts the API key again; resuming deliveries")
        case .refused: reportRefused(answer, metadata)
        case .nothing, .opened, .throttled:
            guard !answer.isAnswered else { break }
            logThrottle.log(
                .warning,
                key: "unreached",
                "Loops is unreachable; retrying",
                metadata: metadata
            )
        }
        wakeup.signal()
    }
}

extension [EntryCompletion] {
    /// Runs of ends with the same value, in order.
    fileprivate func chunked(by value: (EntryCompletion) -> Int) -> [[EntryCompletion]] {
        reduce(into: []) { runs, end in
            if let last = runs.last?.last, value(last) == value(end) {
                runs[runs.count - 1].append(end)
            } else {
                runs.append([end])
            }
        }
    }
}
