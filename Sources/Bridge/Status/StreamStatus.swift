import RedisStreams
package import StreamGroups

/// A stream as its operators see it. What is unknown is nil and is never shown as 0.
package struct StreamStatus: Sendable, Equatable {
    package var name: String
    package var length: Int?
    /// Entries that have not been routed yet; nil when Redis cannot say.
    package var lag: Int?
    /// Entries routed and not acknowledged.
    package var pending: Int?
    /// The age of the oldest pending entry in seconds; 0 when none is pending, nil when unknown.
    package var oldestUnackedSeconds: Double?
    package var deadLetters: Int?
    /// How long the oldest dead letter has been there, in seconds; 0 when there is none, nil when unknown.
    package var oldestDeadLetterSeconds: Double?
    /// Entries in this process's memory.
    package var buffered: Int
    /// Ends that Redis has not confirmed yet.
    package var unconfirmedAcks: Int
    /// Partitions of the group, those that this replica owns, and those that nobody owns; nil when unknown.
    package var partitions: Int
    package var owned: Int
    package var unassigned: Int?
    /// Replicas, as far as this one knows.
    package var members: Int
    /// The highest epoch of an owned partition.
    package var epoch: Int64
    /// Why the group is not open; nil when it is.
    package var fault: String?

    /// The pause that holds, as this replica's last heartbeat found it, or the last look of one that was drained.
    package var pause: Pause?
    /// Whether anybody has looked for one: before the first heartbeat no pause is not the same as none.
    package var isPauseKnown = false

    /// Entries that this replica found trimmed before they were delivered, since the process began.
    package var lost = 0

    /// Entries that this replica saw end after a later one of their contact, since the process began.
    package var outOfOrder = 0
    /// Requests of this replica that left after the lease that allowed them, since the process began.
    package var sentLate = 0
    /// Why the server of the last heartbeat is not known to be the primary; nil when it is, or there is nobody to ask.
    package var primaryDoubt: PrimaryDoubt?

    /// Why dead letters cannot be written; nil when the last one could.
    package var letterProblem: String?
    /// Why the figures that Redis knows are unknown, though it answers; nil when they are known.
    package var figuresProblem: String?

    /// Its weight against the other streams.
    package var weight = 1
    /// Entries that all replicas together finish, a second, over the last minute; nil when unknown.
    package var completionsPerSecond: Double?
    /// The pace by which ``drainSeconds`` is told; nil while nothing moves, or it is too early to say.
    package var drainPace: Double?
    /// Whether nothing is started, of any stream: then nothing drains, however fast it did before.
    package var isHeld = false
    /// How long something has waited while no replica finished anything, in seconds; nil when nothing waits, or it is unknown.
    package var stillSeconds: Double?
    /// The members of the group and what they own; empty before the first heartbeat.
    package var replicas: [ReplicaStatus] = []

    /// Entries that are finished and still in the stream; nil when unknown.
    package var headroom: Int?
    /// The time until the producer's trimming reaches entries that are not delivered; nil when it does not, or it is unknown.
    package var timeUntilLoss: Duration?

    /// Intakes that have told of the stream lately; nil when that is unknown.
    package var intakes: [ReportedIntake]?

    /// A stream of which only this process's own part is known.
    init(_ state: StreamState) {
        self.init(name: state.keys.stream, partitions: state.partitions)
        state.describe(in: &self)
    }

    /// A stream of which nothing is known.
    package init(name: String, partitions: Int) {
        self.name = name
        self.partitions = partitions
        (buffered, unconfirmedAcks, owned, members, epoch) = (0, 0, 0, 0, 0)
    }

    /// Takes this process's own part anew.
    mutating func take(_ consumer: ConsumerState) {
        buffered = consumer.fetchPlanner.buffered
        unconfirmedAcks = consumer.acks.count
        let assignment = consumer.assignment
        (owned, unassigned, members, epoch) = (
            assignment.owned, assignment.unassigned, assignment.members, assignment.epoch
        )
        (pause, isPauseKnown) = (assignment.pause, !assignment.isOverdue)
        replicas = ReplicaStatus.list(
            members: assignment.memberNames,
            owners: assignment.owners,
            addresses: assignment.addresses,
            own: assignment.member
        )
        primaryDoubt = consumer.primaryDoubt
        letterProblem = consumer.deadLetterProblem
        fault = consumer.failure ?? (consumer.isOpen ? nil : "not opened yet")
    }

    /// Entries that are not finished; nil when unknown.
    package var waiting: Int? { lag.flatMap { lag in pending.map { lag + $0 } } }

    /// The age of the oldest entry that is not finished: those that are pending are older than all others. nil when it is unknown, also when
    /// entries wait and none has been routed.
    package var oldestWaitingSeconds: Double? {
        if let pending, pending > 0 { return oldestUnackedSeconds }
        return waiting == 0 ? 0 : nil
    }

    /// Seconds until nothing waits, if no more is added; nil when that is unknown or nothing moves.
    package var drainSeconds: Double? {
        CatchUpEstimate.seconds(backlog: waiting, pace: pause == nil && !isHeld ? drainPace : nil)
    }

    /// Takes what Redis knows.
    /// - Parameter now: seconds since 1970.
    package mutating func take(_ survey: StreamSurvey, now: Double) {
        length = survey.length
        deadLetters = survey.deadLetters
        oldestDeadLetterSeconds = survey.oldestLetter.map { max(0, now - Double($0.milliseconds) / 1000) } ?? 0
        lag = survey.lag
        pending = survey.pending
        headroom = survey.headroom
        intakes = survey.intakes
        if survey.pending != nil {
            // Another machine's clock wrote the ID: an entry of the future has no age.
            oldestUnackedSeconds = survey.oldest.map { max(0, now - Double($0.milliseconds) / 1000) } ?? 0
        }
    }
}
