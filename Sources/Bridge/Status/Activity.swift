import Loops
package import StreamGroups
import Support
import Synchronization

/// What this process has done lately: requests and ends a second, failures, dead letters by reason.
final class Activity: Sendable {
    private struct State {
        var requests: RateMeter
        var ends: RateMeter
        var share: DeadLetterShare
        var failures = RecentFailures()
        var deadLetters: [DeadLetterReason: Int] = [:]
    }
    private let state: Mutex<State>
    private let streams: [String]
    private let clock = ContinuousClock()

    /// - Parameter streams: their names, by index.
    init(streams: [String]) {
        self.streams = streams
        let now = clock.now
        self.state = Mutex(
            State(requests: RateMeter(origin: now), ends: RateMeter(origin: now), share: .init(origin: now))
        )
    }

    /// Takes the answer to a request, or the lack of one.
    func answered(_ start: ContactQueues.RequestStart, _ answer: LoopsResponse) {
        let failure = failure(start, answer)
        state.withLock { state in
            state.requests.count(now: clock.now)
            if let failure { state.failures.add(failure) }
        }
    }

    /// Takes ends that Redis has confirmed.
    /// - Parameter at: seconds since 1970.
    func ended(_ ends: [EntryCompletion], at: Double) {
        state.withLock { state in
            let now = clock.now
            state.ends.count(ends.count, now: now)
            state.share.count(ends: ends.count, letters: ends.count { $0.kind.isDeadLettered }, now: now)
            for end in ends {
                guard case .deadLettered(let faults) = end.kind, let fault = faults.first else { continue }
                state.deadLetters[fault.reason, default: 0] += 1
                state.failures.add(
                    RecentFailure(
                        kind: .deadLetter,
                        reason: fault.reason.rawValue,
                        stream: streams[end.stream],
                        contact: end.contact,
                        status: fault.status,
                        detail: fault.detail,
                        at: at
                    )
                )
            }
        }
    }

    var snapshot: ActivitySnapshot {
        state.withLock { state in
            let now = clock.now
            let recent = state.share.recent(now: now)
            return ActivitySnapshot(
                requestsPerSecond: state.requests.rate(now: now),
                completionsPerSecond: state.ends.rate(now: now),
                failures: state.failures.list,
                deadLetters: state.deadLetters,
                recentEnds: recent.ends,
                recentDeadLetters: recent.letters
            )
        }
    }

    private func failure(_ start: ContactQueues.RequestStart, _ answer: LoopsResponse) -> RecentFailure? {
        let reason: String
        var concernsAll = false
        switch answer.outcome {
        // What Loops refuses for good comes again as a dead letter.
        case .delivered, .alreadyDelivered, .rejected: return nil
        case .retry(let why): reason = why.rawValue
        case .throttled: (reason, concernsAll) = ("throttled", true)
        case .unauthorized: (reason, concernsAll) = ("unauthorized", true)
        case .wrongAddress: (reason, concernsAll) = ("wrongAddress", true)
        }
        return RecentFailure(
            kind: .retry,
            reason: reason,
            stream: streams[start.key.stream],
            contact: concernsAll ? nil : start.key.contact,
            status: answer.status,
            detail: Redaction.masking(answer.message, contact: start.key.contact),
            at: WallClock.secondsSince1970
        )
    }
}

extension EntryCompletion.Kind {
    fileprivate var isDeadLettered: Bool { if case .deadLettered = self { true } else { false } }
}

/// What this process has done lately, at one instant.
package struct ActivitySnapshot: Sendable, Equatable {
    /// Requests a second of this process; nil when it is too young to say.
    package var requestsPerSecond: Double?
    /// Ends a second of this process, confirmed by Redis; nil when it is too young to say.
    package var completionsPerSecond: Double?
    /// The newest first.
    package var failures: [RecentFailure]
    /// Entries dead-lettered since the process began.
    package var deadLetters: [DeadLetterReason: Int]
    /// Entries that ended in the last five minutes, and those of them that were dead-lettered.
    package var recentEnds = 0
    package var recentDeadLetters = 0
}
