@testable import Bridge
@testable import StreamGroups

/// A process with ``PartitionAssignment``, a clock that is neither right nor of the right rate, and one heartbeat under way at a time. Times are true
/// milliseconds.
struct SimulatedReplica {
    var leases: PartitionAssignment
    let epoch: ContinuousClock.Instant
    let rate: Double
    var pausedUntil = 0
    /// Until when Redis cannot be reached.
    var cutOffUntil = 0
    var nextTry: Int
    var isLeaving = false
    var isGone = false
    /// Until when requests of a partition are under way.
    var busyUntil: [Int: Int] = [:]

    private struct Waiting {
        let number: Int
        let sentAt: ContinuousClock.Instant
        let timeout: Int
        var answer: (view: GroupView, time: Int)?
    }
    private var waiting: Waiting?
    private var numbers = 0
    private var nextBeat: Int
    private var isBeatWanted = false
    private var rounds = 0

    init(leases: PartitionAssignment, epoch: ContinuousClock.Instant, rate: Double, now: Int) {
        self.leases = leases
        self.epoch = epoch
        self.rate = rate
        nextTry = now
        nextBeat = now
    }

    var name: String { leases.member }

    func local(_ now: Int) -> ContinuousClock.Instant { epoch + .microseconds(Int(Double(now) * rate * 1000)) }

    /// When there is something to do.
    var nextTime: Int {
        let beat = waiting.map { min($0.answer?.time ?? .max, $0.timeout) } ?? nextBeat
        return max(pausedUntil, min(beat, nextTry))
    }

    mutating func pause(until time: Int) { pausedUntil = max(pausedUntil, time) }
    mutating func resume(_ now: Int) {
        pausedUntil = now
        waiting = nil
        nextBeat = now
    }

    mutating func wantBeat(at time: Int) {
        if waiting == nil { nextBeat = min(nextBeat, time) } else { isBeatWanted = true }
    }

    mutating func answerComes(_ view: GroupView, to number: Int, at time: Int) {
        if waiting?.number == number { waiting?.answer = (view, time) }
    }

    /// Takes the answer that has come, or gives up waiting for it.
    mutating func takeAnswer(_ now: Int, fromAnswer: Bool) {
        guard let waiting else { return }
        if let answer = waiting.answer, answer.time <= now {
            self.waiting = nil
            let received = local(now)
            let sentAt = fromAnswer ? received : waiting.sentAt
            _ = leases.answered(answer.view, sentAt: sentAt, receivedAt: received)
            rounds += 1
            let goesOn = rounds < 4 && leases.next(now: received).changesSomething
            if !goesOn { rounds = 0 }
            if goesOn || isBeatWanted { nextBeat = now }
            isBeatWanted = false
            releaseDrained(now)
        } else if waiting.timeout <= now {
            self.waiting = nil
            rounds = 0
        }
    }

    /// The heartbeat to send now, if it is time.
    mutating func beatIfDue(_ now: Int, timeout: Int) -> (Heartbeat, number: Int)? {
        guard waiting == nil, nextBeat <= now else { return nil }
        let sentAt = local(now)
        let heartbeat = leases.next(now: sentAt)
        numbers += 1
        waiting = Waiting(number: numbers, sentAt: sentAt, timeout: now + timeout)
        nextBeat = now + Int(LeaseSimulation.timing.heartbeat.components.seconds) * 1000
        return (heartbeat, numbers)
    }

    mutating func releaseDrained(_ now: Int) {
        for partition in leases.draining where busyUntil[partition, default: 0] <= now {
            leases.drained(partition)
            wantBeat(at: now)
        }
    }
}
