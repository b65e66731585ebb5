import Loops

/// Everything that delivery decides with: the lanes, the gate and the cap on requests under way.
///
/// A value; ``Deliverer`` keeps it behind a lock and does the I/O that comes out of it.
struct DeliveryState: Sendable {
    var lanes = Lanes()
    var gate: Gate
    let maxInFlight: Int
    let retry: RetryPolicy
    /// Set by a stop: nothing new starts.
    var isDraining = false
    private(set) var inFlight = 0

    init(ratePerSecond: Double, maxInFlight: Int, retry: RetryPolicy) {
        self.gate = Gate(ratePerSecond: ratePerSecond)
        self.maxInFlight = maxInFlight
        self.retry = retry
    }

    enum Action: Sendable {
        case send(Lanes.Start)
        case probeKey
        /// Nothing to do before this instant, or before the next event when nil.
        case wait(until: ContinuousClock.Instant?)
    }

    /// - Parameter mayStart: whether the lease of an entry's partition allows a request.
    mutating func next(
        now: ContinuousClock.Instant,
        mayStart: (PlannedEntry) -> Bool = { _ in true }
    ) -> Action {
        if isDraining { return .wait(until: nil) }
        switch gate.admission(now: now) {
        case .probeKey:
            gate.keyProbeStarted(now: now)
            inFlight += 1
            return .probeKey
        case .wait(let until):
            // With nothing to send, the pace needs no alarm.
            return .wait(until: lanes.isEmpty ? nil : until)
        case .go:
            guard inFlight < maxInFlight else { return .wait(until: nil) }
            guard let start = lanes.start(now: now, mayStart: mayStart) else { return .wait(until: lanes.nextDue) }
            gate.started(now: now)
            inFlight += 1
            return .send(start)
        }
    }

    struct Settled: Sendable {
        var ends: [EntryEnd]
        /// The entry, if it was given up meanwhile and did not end.
        var given: PlannedEntry?
        var change: Gate.Change
        /// How long the lane waits; nil when it does not.
        var retryDelay: Duration?
        var isExhausted = false
    }

    /// Takes the answer to a request that ``next(now:mayStart:)`` started.
    /// - Parameter random: in `0..<1`.
    mutating func answered(
        _ start: Lanes.Start,
        _ answer: LoopsAnswer,
        now: ContinuousClock.Instant,
        random: Double
    ) -> Settled {
        inFlight -= 1
        let othersDelivery = gate.lastDelivery
        let change = gate.observe(answer.outcome, now: now, random: random)
        let result = self.result(of: start, answer, othersDelivery: othersDelivery, now: now, random: random)
        let outcome = lanes.finish(start.key, result.step)
        if change == .resumed { lanes.hurry() }
        return Settled(
            ends: outcome.ends,
            given: outcome.given,
            change: change,
            retryDelay: result.delay,
            isExhausted: result.isExhausted
        )
    }

    /// A request that ``next(now:mayStart:)`` started was not sent: its partition's lease had become too old by then.
    /// - Returns: the entry, if it was given up meanwhile.
    mutating func unsent(_ start: Lanes.Start) -> PlannedEntry? {
        inFlight -= 1
        gate.unsent()
        return lanes.finish(start.key, .unsent).given
    }

    mutating func keyProbed(isGood: Bool, now: ContinuousClock.Instant, random: Double) -> Gate.Change {
        inFlight -= 1
        let change = gate.keyProbed(isGood: isGood, now: now, random: random)
        if change == .resumed { lanes.hurry() }
        return change
    }

    private func result(
        of start: Lanes.Start,
        _ answer: LoopsAnswer,
        othersDelivery: ContinuousClock.Instant?,
        now: ContinuousClock.Instant,
        random: Double
    ) -> (step: Lanes.StepResult, delay: Duration?, isExhausted: Bool) {
        switch answer.outcome {
        case .delivered, .alreadyDelivered:
            return (.delivered, nil, false)
        case .rejected(let rejection):
            return (.failed(.init(rejection, answer, mapping: start.step.mapping)), nil, false)
        case .throttled, .unauthorized:
            // The gate holds everybody; the lane is ready again as soon as the gate opens.
            return (.retry(at: now, counts: false), .zero, false)
        case .retry(let why):
            let failures = start.attempt
            if let first = lanes.head(of: start.key)?.firstAttempt,
                retry.isExhausted(
                    failures: failures,
                    firstAttempt: first,
                    lastSuccessOfOthers: othersDelivery,
                    now: now
                )
            {
                let fault = DeliveryFault(exhaustedAfter: failures, why, answer, mapping: start.step.mapping)
                return (.failed(fault), nil, true)
            }
            // An answer that cannot be read, again and again, on a 2xx: the server has said yes as clearly as it can.
            if why == .ambiguousAnswer, let status = answer.status, (200..<300).contains(status), failures >= 3 {
                return (.delivered, nil, false)
            }
            let delay = retry.delay(afterFailures: failures, random: random)
            return (.retry(at: now + delay, counts: true), delay, false)
        }
    }
}

extension DeliveryFault {
    fileprivate init(_ rejection: LoopsOutcome.Rejection, _ answer: LoopsAnswer, mapping: String) {
        let status = answer.status.map(String.init) ?? "no status"
        switch rejection {
        case .refused:
            self.init(
                reason: .refused,
                detail:
                    "Loops refused the request (\(status)): \(answer.message). Mend the event or the mapping, then replay it.",
                mapping: mapping,
                status: answer.status,
                answer: answer.message
            )
        case .idempotencyConflict:
            self.init(
                reason: .idempotencyConflict,
                detail:
                    "Loops got another body under this idempotency key before (\(status)): two events share one messageId.",
                mapping: mapping,
                status: answer.status,
                answer: answer.message
            )
        }
    }

    fileprivate init(exhaustedAfter failures: Int, _ why: LoopsOutcome.Retry, _ answer: LoopsAnswer, mapping: String) {
        self.init(
            reason: .exhausted,
            detail:
                "This event alone failed \(failures) times (\(why.rawValue)) while others were delivered: \(answer.message)",
            mapping: mapping,
            status: answer.status,
            answer: answer.message
        )
    }
}
