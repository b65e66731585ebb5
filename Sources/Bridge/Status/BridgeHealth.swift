import JSON
import Segment
import StreamGroups
import Support

/// A bridge in one glance: one state, and why.
package struct BridgeHealth: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        /// Everything goes on.
        case healthy
        /// It goes on, and somebody should look.
        case degraded
        /// A person stopped all of it, or this replica.
        case paused
        /// Nothing is delivered until something outside is mended; it goes on by itself then.
        case blocked
        /// The process ends: nothing new is started.
        case shuttingDown
    }

    package var state: State
    /// In words, the most important one first; empty when healthy.
    package var reasons: [String]

    /// A pace below this part of the limit is worth a word.
    private static let slow = 0.5

    init(_ status: BridgeStatus) {
        let holds = Self.holds(status)
        let pauses = Self.pauses(status)
        let allArePaused = !status.streams.isEmpty && status.streams.allSatisfy { $0.pause != nil }
        reasons = holds + pauses + Self.worries(status)
        // What is told already explains why things wait. A slow pace does not explain that nothing moves at all.
        let standing = reasons.isEmpty ? Standing(status).reasons : []
        reasons += [Self.slowness(status.delivery)].compactMap(\.self) + standing
        if status.delivery.isDraining {
            state = .shuttingDown
            reasons.insert("the process stops: what is under way ends, nothing new is started", at: 0)
        } else if !holds.isEmpty {
            state = .blocked
        } else if allArePaused || status.isDrained {
            state = .paused
        } else {
            state = reasons.isEmpty ? .healthy : .degraded
        }
    }

    private static func holds(_ status: BridgeStatus) -> [String] {
        var reasons: [String] = []
        let delivery = status.delivery
        func because(_ cause: String?) -> String { cause.map { ": \($0)" } ?? "" }
        if !status.redisConnected { reasons.append("there is no connection to Redis\(because(status.redisProblem))") }
        switch delivery.hold {
        case "unauthorized": reasons.append("Loops refuses the API key; check LOOPS_API_KEY")
        case "wrongAddress":
            reasons.append(
                "Loops' API is not at \(status.loopsAddress): what answers there knows no such path; check LOOPS_BASE_URL"
            )
        case _ where delivery.isUnreached && delivery.failure != nil:
            reasons.append("Loops was not reached since this process began\(because(delivery.failure))")
        case "outage": reasons.append("Loops does not answer; single probes go out\(because(delivery.failure))")
        default: break
        }
        // Without Redis it cannot answer, and that is told already.
        if status.redisConnected, let failure = delivery.limiterFailure {
            let advice =
                failure.contains("WRONGTYPE") ? ". 'loops-bridge check --connect' names its key; delete that key" : ""
            reasons.append("the rate limiter in Redis gives no permits: \(failure)\(advice)")
        }
        let doubts = status.streams.compactMap(\.primaryDoubt).filter { !$0.renewalsCount }
        if let doubt = doubts.first {
            reasons.append(
                doubt == .otherPrimary
                    ? "the sentinels, or the cluster's primaries, name another primary than the server that answers here; looking for it"
                    : "no majority of the sentinels, or of the cluster's primaries, answers: nothing is started once the leases end (redis.quorum)"
            )
        }
        let faulty = status.streams.filter { $0.fault != nil }
        // One stream that cannot be read does not hold the others.
        if faulty.count == status.streams.count { reasons += faulty.map(Self.fault) }
        return reasons
    }

    private static func pauses(_ status: BridgeStatus) -> [String] {
        var reasons = status.isDrained ? ["this replica was drained: it owns nothing until it is resumed"] : []
        for stream in status.streams {
            guard let pause = stream.pause else { continue }
            let since = pause.since > 0 ? " at \(WallClock.text(milliseconds: pause.since))" : ""
            let why = pause.reason.isEmpty ? "" : ": \(pause.reason)"
            reasons.append("\(stream.name) was paused by \(pause.by.isEmpty ? "somebody" : pause.by)\(since)\(why)")
        }
        return reasons
    }

    private static func worries(_ status: BridgeStatus) -> [String] {
        var reasons: [String] = []
        if let advice = status.redisAdvice { reasons.append(advice) }
        if status.delivery.isUnreached, status.delivery.failure == nil {
            reasons.append("Loops was not reached yet since this process began")
        }
        if status.delivery.doubtsAddress, !status.delivery.isHeld {
            reasons.append(
                "what answers at \(status.loopsAddress) knows no GET /api-key, and has taken no event yet; check LOOPS_BASE_URL"
            )
        }
        if status.streams.contains(where: { $0.primaryDoubt?.renewalsCount ?? false }) {
            reasons.append(
                "no majority of the sentinels, or of the cluster's primaries, answers: two replicas may deliver for one contact while Redis fails over"
            )
        }
        let faulty = status.streams.filter { $0.fault != nil }
        if faulty.count < status.streams.count { reasons += faulty.map(Self.fault) }
        for stream in status.streams {
            if let why = stream.letterProblem {
                reasons.append(
                    "\(stream.name): dead letters cannot be written, and what should be one stays pending: \(why)"
                )
            }
            if let why = stream.figuresProblem, status.redisConnected {
                reasons.append("\(stream.name): its figures are unknown: \(why)")
            }
            if stream.outOfOrder > 0 {
                let entries = stream.outOfOrder == 1 ? "1 entry" : "\(stream.outOfOrder) entries"
                reasons.append("\(stream.name): \(entries) ended after a later one of the same contact: out of order")
            }
            if stream.sentLate > 0 {
                let requests = stream.sentLate == 1 ? "1 request" : "\(stream.sentLate) requests"
                reasons.append(
                    "\(stream.name): \(requests) left after the lease had ended: contacts may be out of order"
                )
            }
            if stream.lost > 0 {
                let entries =
                    stream.lost == 1
                    ? "1 entry was trimmed before it was" : "\(stream.lost) entries were trimmed before they were"
                reasons.append("\(stream.name): \(entries) delivered: lost")
            }
            if let unassigned = stream.unassigned, unassigned > 0 {
                reasons.append("\(stream.name): \(unassigned) of \(stream.partitions) partitions have no owner yet")
            }
            if let timeUntilLoss = stream.timeUntilLoss, timeUntilLoss < RetentionMonitor.warning {
                reasons.append("\(stream.name): the producer's trimming reaches entries that are not delivered")
            }
        }
        if status.mappingsRefused {
            reasons.append("the mappings file was refused: the mappings from before are in force")
        }
        reasons += status.mismatches.prefix(3)
        if status.mismatches.count > 3 { reasons.append("\(status.mismatches.count - 3) more mappings like that") }
        if let unrecognized = status.unrecognized {
            reasons.append(
                "\(unrecognized.unrecognized) of the last \(unrecognized.events) events are none of Segment's and are not delivered; "
                    + "most, as \(unrecognized.example), look like \(unrecognized.look.advice)"
            )
        }
        if let letters = deadLetters(status.activity) { reasons.append(letters) }
        return reasons
    }

    /// More dead letters than this part of what ended lately are worth a word, if they are not very few.
    private static let (manyLetters, fewLetters, mostly) = (0.03, 3, 0.5)

    static func hasManyDeadLetters(_ activity: ActivitySnapshot) -> Bool {
        let (letters, ends) = (activity.recentDeadLetters, activity.recentEnds)
        guard letters > 0, ends > 0 else { return false }
        let share = Double(letters) / Double(ends)
        return share > manyLetters && (letters >= fewLetters || share >= mostly)
    }

    private static func deadLetters(_ activity: ActivitySnapshot) -> String? {
        guard hasManyDeadLetters(activity) else { return nil }
        let (letters, ends) = (activity.recentDeadLetters, activity.recentEnds)
        let share = Double(letters) / Double(ends)
        let percent = share < 0.1 ? "\((share * 1000).rounded() / 10)" : "\(Int((share * 100).rounded()))"
        let last = activity.failures.first { $0.kind == .deadLetter }
        // Not in Loops' words: they may repeat what the event carries, and whoever sees the port reads this.
        let why = last.map { "; the last one as \($0.reason)\($0.status.map { ", status \($0)" } ?? "")" } ?? ""
        return "\(letters) of the last 5 minutes' \(ends) events (\(percent) %) were dead-lettered\(why)"
    }

    /// A refusal for the rate slows everybody down and stops nobody: at most somebody should look.
    static func slowness(_ delivery: DeliverySnapshot) -> String? {
        let isRefused = delivery.hold == "throttled"
        let refusal = "Loops reported that the team exceeded its rate limit"
        guard let pace = delivery.pace, let limit = delivery.limit else { return isRefused ? refusal : nil }
        if isRefused, pace == 0 { return "all replicas pause: \(refusal)" }
        if isRefused { return "slowed to \(rate(pace)): \(refusal)" }
        // The pace is what the limiter last said, and it is asked only while something wants to start: of an idle bridge it may be old.
        let wantsToStart = delivery.contacts > delivery.contactsInBackoff
        return wantsToStart && pace < slow * limit ? "slowed to \(rate(pace)) of \(rate(limit))" : nil
    }

    /// `4.9/s`, `10/s`.
    private static func rate(_ value: Double) -> String {
        let tenths = Int64(saturating: (value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)/s" : "\(tenths / 10).\(tenths % 10)/s"
    }

    private static func fault(_ stream: StreamStatus) -> String { "\(stream.name): \(stream.fault ?? "")" }
}
