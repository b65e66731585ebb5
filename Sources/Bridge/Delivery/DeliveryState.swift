import Loops
import StreamGroups

/// Everything that delivery decides with: the contact queues, the permits, the gate and the cap on requests under way.
///
/// A value; ``Deliverer`` keeps it behind a lock and does the I/O that comes out of it.
struct DeliveryState: Sendable {
    var contactQueues: ContactQueues
    var admissionControl: AdmissionControl
    var permits: PermitPool
    let maxInFlight: Int
    let retry: RetryPolicy
    /// How long after its sending Loops may still apply a request that was given up; zero where that is not reckoned with.
    let lateEffect: Duration
    /// Set by a stop: nothing new starts, and what has begun is finished.
    private(set) var isDraining = false
    private(set) var inFlight = 0
    private var slowStart = SlowStart()
    private(set) var standstill = Standstill()
    private var permitWait = PermitWait()
    /// Why the limiter could not be asked the last time, for people; nil when it could.
    private(set) var limiterFailure: String?

    /// - Parameters:
    ///   - isLimited: whether each request needs a permit of the limiter.
    ///   - hasCap: whether this replica is configured with a limit of its own.
    ///   - asksForKey: whether the key is tried before the first request.
    init(
        contactQueues: ContactQueues = ContactQueues(),
        isLimited: Bool,
        hasCap: Bool = false,
        asksForKey: Bool = false,
        maxInFlight: Int,
        retry: RetryPolicy,
        lateEffect: Duration = .zero
    ) {
        self.contactQueues = contactQueues
        self.admissionControl = AdmissionControl(isPaced: isLimited, asksForKey: asksForKey)
        self.permits = PermitPool(isLimited: isLimited, hasCap: hasCap)
        self.maxInFlight = maxInFlight
        self.retry = retry
        self.lateEffect = lateEffect
    }

    init(_ configuration: BridgeConfiguration) {
        self.init(
            contactQueues: ContactQueues(rules: configuration.laneRules),
            isLimited: configuration.rateLimit != 0,
            hasCap: configuration.rateLimit != nil,
            asksForKey: configuration.triesKeyAtStart,
            maxInFlight: configuration.loops.maxInFlight,
            retry: configuration.retry,
            lateEffect: configuration.lateEffect
        )
    }

    enum Action: Sendable {
        case send(ContactQueues.RequestStart)
        case probeKey
        /// Ask the limiter; its answer goes to ``permits``.
        case ask(PermitRequest)
        /// Nothing to do before this instant, or before the next event when nil.
        case wait(until: ContinuousClock.Instant?)
    }

    /// - Parameters:
    ///   - mayStart: whether the lease of an entry's partition allows a request.
    ///   - lost: takes how many permits were too old to be used.
    mutating func next(
        now: ContinuousClock.Instant,
        mayStart: (PlannedEntry) -> Bool = { _ in true },
        lost: (Int) -> Void = { _ in }
    ) -> Action {
        standstill.observe(waits: !contactQueues.isEmpty, now: now)
        if isDraining {
            if !canFinish(now: now) { _ = contactQueues.abandonAll { _ in false } }
            if contactQueues.isEmpty { return .wait(until: nil) }
        }
        let wasted = permits.discardExpired(now: now)
        if wasted > 0 { lost(wasted) }
        let next = admissionControl.circuitBreaker.failedLane == nil ? nil : contactQueues.next()?.contactQueue
        switch admissionControl.admission(now: now, next: next, isIdle: contactQueues.isEmpty) {
        case .probeKey:
            if let request = permits.request(demand: 1, now: now) { return .ask(request) }
            guard permits.isDue(now: now) else { return .wait(until: permits.nextWake) }
            permits.take()
            admissionControl.keyProbeStarted()
            inFlight += 1
            return .probeKey
        case .wait(let until):
            if let request = permits.request(demand: 0, now: now) { return .ask(request) }
            // With nothing to send and nothing to find out, nobody has to be woken.
            return .wait(until: contactQueues.isEmpty && !admissionControl.isWatching ? nil : until)
        case .go:
            let hasRoom = inFlight < min(maxInFlight, slowStart.cap ?? maxInFlight)
            let demand = hasRoom ? contactQueues.readyCount(now: now) : 0
            if demand > 0, !permits.isDue(now: now) { permitWait.begin(now: now) }
            if var request = permits.request(demand: demand, now: now) {
                let entry = contactQueues.next()
                (request.stream, request.partition) = (entry?.contactQueue.stream, entry?.partition)
                return .ask(request)
            }
            guard hasRoom else { return .wait(until: nil) }
            guard permits.isDue(now: now) else {
                let wakes = [demand > 0 ? permits.nextWake : nil, contactQueues.nextDue].compactMap(\.self)
                return .wait(until: wakes.min())
            }
            guard var start = contactQueues.start(now: now, mayStart: mayStart) else {
                return .wait(until: contactQueues.nextDue)
            }
            permits.take()
            admissionControl.started()
            inFlight += 1
            start.permitWait = permitWait.end(now: now)
            return .send(start)
        }
    }

    /// Nothing new starts any more; entries that have begun are finished. The others stay pending in Redis.
    mutating func drain(now: ContinuousClock.Instant) {
        isDraining = true
        let finishes = canFinish(now: now)
        _ = contactQueues.abandonAll { _ in finishes }
    }

    /// Whether a stop has come to its end.
    var hasDrained: Bool { isDraining && inFlight == 0 && contactQueues.isEmpty }

    /// Gives up what waits of a partition; an entry that has begun is finished first, where its lease allows that and Loops can be reached.
    /// - Returns: the entries that were given up.
    mutating func abandon(
        stream: Int,
        partition: Int,
        now: ContinuousClock.Instant,
        mayStart: (PlannedEntry) -> Bool
    ) -> [PlannedEntry] {
        let finishes = canFinish(now: now)
        return contactQueues.abandon(stream: stream, partition: partition) { finishes && mayStart($0) }
    }

    /// Whether requests go out. Nobody waits for the end of an outage in order to finish an entry.
    private func canFinish(now: ContinuousClock.Instant) -> Bool {
        switch admissionControl.hold(now: now) {
        case .none, .throttled: true
        case .unauthorized, .wrongAddress, .outage: false
        }
    }

    struct Settled: Sendable {
        var ends: [EntryCompletion]
        /// Entries that were given up meanwhile and did not end.
        var given: [PlannedEntry]
        var change: AdmissionControl.Change
        /// How long the contact queue waits; nil when it does not.
        var retryDelay: Duration?
        /// As it was understood.
        var answer: LoopsResponse
    }

    /// Takes the answer to a request that ``next(now:mayStart:lost:)`` started.
    /// - Parameters:
    ///   - began: when it was started.
    ///   - random: in `0..<1`.
    mutating func answered(
        _ start: ContactQueues.RequestStart,
        _ answer: LoopsResponse,
        began: ContinuousClock.Instant? = nil,
        now: ContinuousClock.Instant,
        random: Double
    ) -> Settled {
        inFlight -= 1
        admissionControl.heard(answer, now: now, random: random)
        let answer = understood(answer, to: start, now: now)
        start.record?.answered(start, answer, began: began ?? now, took: began.map { now - $0 } ?? .zero)
        let othersDelivery = admissionControl.lastDelivery
        permits.observe(limit: answer.rateLimit, remaining: answer.rateLimitRemaining)
        let change = admissionControl.observe(
            answer.outcome,
            of: start.key,
            retryAfter: answer.retryAfter,
            now: now,
            random: random
        )
        if change == .throttled { permits.refused(retryAfter: answer.retryAfter) }
        if answer.outcome.isDelivered { slowStart.succeeded(most: maxInFlight) }
        if !answer.outcome.isDelivered {
            let mayComeLate = lateEffect > .zero && answer.mayTakeEffectLate
            contactQueues.attemptFailed(start.key, answer, lateUntil: mayComeLate ? (began ?? now) + lateEffect : nil)
        }
        let result = self.result(of: start, answer, othersDelivery: othersDelivery, now: now, random: random)
        if result.delay == nil { standstill.moved(now: now) }
        let outcome = contactQueues.finish(start.key, result.step)
        if change == .resumed {
            contactQueues.retryAllNow()
            slowStart.begin()
            permits.isBack()
        }
        return Settled(
            ends: outcome.ends,
            given: outcome.given,
            change: change,
            retryDelay: result.delay,
            answer: answer
        )
    }

    /// What an answer means to this request, with what is known of its other attempts.
    private func understood(_ answer: LoopsResponse, to start: ContactQueues.RequestStart, now: ContinuousClock.Instant)
        -> LoopsResponse
    {
        // Nearly every answer, and its entry need not be looked at.
        if answer.outcome == .delivered { return answer }
        guard let head = contactQueues.head(of: start.key) else { return answer }
        var own = answer
        switch answer.outcome {
        case .unauthorized, .wrongAddress:
            // A key or an address that was found good after it had been refused for the same request is not what is wrong: something on the way, or
            // Loops, does not take this request. It must not hold all the others again and again.
            if let refused = head.keyRefusedAt, let good = admissionControl.keyFoundGood, good >= refused {
                own.outcome = .retry(answer.outcome == .unauthorized ? .forbidden : .notFound)
            }
        case .alreadyDelivered:
            switch UsedKey(head.history, isFirstDelivery: head.isFirstDelivery, now: now) {
            case .happened: break
            case .undecided: own.outcome = .retry(.inProgress)
            case .unconfirmed: own.outcome = .rejected(.unconfirmed)
            }
        case .delivered, .retry, .throttled, .rejected: break
        }
        return own
    }

    /// A request that ``next(now:mayStart:lost:)`` started was not sent: its partition's lease had become too old by then.
    /// - Returns: entries that were given up meanwhile.
    mutating func notSent(_ start: ContactQueues.RequestStart) -> [PlannedEntry] {
        inFlight -= 1
        admissionControl.notSent()
        return contactQueues.finish(start.key, .notSent).given
    }

    mutating func keyProbed(_ answer: LoopsResponse, now: ContinuousClock.Instant, random: Double)
        -> AdmissionControl.Change
    {
        inFlight -= 1
        admissionControl.heard(answer, now: now, random: random)
        let change = admissionControl.keyProbed(answer.outcome, now: now, random: random)
        if change == .resumed { contactQueues.retryAllNow() }
        return change
    }

    /// Takes the limiter's answer.
    /// - Returns: how long the first permit has to wait; nil when none was given.
    mutating func asked(_ answer: Result<PermitGrant, any Error>, now: ContinuousClock.Instant) -> Duration? {
        switch answer {
        case .success(let grant):
            limiterFailure = nil
            return permits.granted(grant, now: now)
        case .failure(let error):
            limiterFailure = "\(error)"
            permits.failed(now: now)
            return nil
        }
    }

    private func result(
        of start: ContactQueues.RequestStart,
        _ answer: LoopsResponse,
        othersDelivery: ContinuousClock.Instant?,
        now: ContinuousClock.Instant,
        random: Double
    ) -> (step: ContactQueues.AttemptResult, delay: Duration?) {
        switch answer.outcome {
        case .delivered:
            return (.delivered, nil)
        case .alreadyDelivered:
            return (.replayed, nil)
        case .rejected(let rejection):
            return (.failed(.init(rejection, answer, start.step)), nil)
        // The gate holds everybody; the contact queue is ready again as soon as the gate opens.
        case .throttled:
            return (.retry(at: now, counts: false), .zero)
        case .unauthorized, .wrongAddress:
            return (.keyRefused(at: now), .zero)
        case .retry(.inProgress) where contactQueues.head(of: start.key)?.history.lateUntil.map { $0 > now } ?? false:
            // Asked again when the attempt in question has ended, one way or the other. Until then nobody learns more.
            let until = contactQueues.head(of: start.key)?.history.lateUntil ?? now
            return (.retry(at: until, counts: false), until - now)
        case .retry(let why):
            let failures = start.attempt
            let head = contactQueues.head(of: start.key)
            if let first = head?.firstAttempt,
                retry.isExhausted(
                    failures: failures,
                    firstAttempt: first,
                    lastSuccessOfOthers: othersDelivery,
                    now: now
                )
            {
                let fault = DeliveryFailure(exhaustedAfter: failures, why, answer, start.step)
                return (.failed(fault), nil)
            }
            let isUnreadable = why == .ambiguousAnswer && answer.status.map { (200..<300).contains($0) } ?? false
            // Three times in a row: the server has said yes as clearly as it can.
            if isUnreadable, let head, head.unreadable >= 2 { return (.delivered, nil) }
            let delay = retry.delay(afterFailures: failures, random: random)
            return (.retry(at: now + delay, counts: true, isUnreadable: isUnreadable), delay)
        }
    }
}
