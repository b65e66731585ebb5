import RedisStreams
import StreamGroups

/// What this replica knows of one stream, and the rules between the parts of that: the assignment of partitions, what is buffered of them, and
/// what waits for its acknowledgement.
///
/// A value: what Redis answered and what became of entries goes in; changes, reads and the tasks that have something to do now come out.
/// ``StreamState`` keeps it behind a lock. Invariants, each a test:
/// - a partition that is revoked is released only with nothing buffered and nothing unacknowledged of it;
/// - a completion of a tenure that is over is never acknowledged;
/// - nothing is read while the group is not open, or its incarnation is unknown, or a pause or a drain holds.
struct ConsumerState: Sendable {
    /// The tasks of the stream that have something to do now.
    struct Wakeups: OptionSet, Sendable {
        let rawValue: UInt8
        /// The reader: there may be something to read, or room for it, or a change of the assignment to apply.
        static let work = Wakeups(rawValue: 1)
        /// The acknowledger: a completion waits.
        static let acks = Wakeups(rawValue: 2)
        /// The lease renewer: a heartbeat should not wait for its turn.
        static let heartbeat = Wakeups(rawValue: 4)
    }

    /// What to read next.
    enum ReadAction: Sendable, Equatable {
        case fetch([FetchPlanner.Fetch], most: Int)
        case route(count: Int, caughtUpPartitions: [FetchPlanner.End])
        case wait
    }

    var assignment: PartitionAssignment
    var fetchPlanner: FetchPlanner
    var acks = AckQueue()
    var deliveryErrors = DeliveryErrors()
    var brake: MappingBrake
    /// Partitions of which all that was read has been planned since Redis was told so.
    var planned: Set<Int> = []
    /// The ID up to which entries have been routed, as far as this process knows.
    var routed = StreamID.zero
    /// How many entries have been passed at a position, if nothing is found behind it.
    var passed: (position: StreamID, passed: Int)?
    /// What stands against reading, for people; nil when nothing does.
    var failure: String?
    /// Why the last dead letter could not be written; nil when it could.
    var deadLetterProblem: String?
    /// Whether Redis has gone back in time since this process began: what it routes may have been delivered before.
    private(set) var hasGoneBack = false
    private(set) var isOpen = false
    /// Why the server of the last heartbeat is not known to be the primary; nil when it is.
    private(set) var primaryDoubt: PrimaryDoubt?
    /// Whether routing stopped since too much was pending: then an acknowledgement makes room.
    private var isPendingLimitReached = false
    private var changes: [AssignmentChange] = []
    /// The floor that was known when the group went.
    private var lastFloor: StreamID?
    /// Whether this replica has left the membership, to rest.
    private var hasLeft = false

    init(assignment: PartitionAssignment, limits: BufferLimits, brake: MappingBrake = MappingBrake(isOn: false)) {
        self.assignment = assignment
        self.brake = brake
        self.fetchPlanner = FetchPlanner(partitions: assignment.partitions, limits: limits)
    }

    /// Whether nothing new is read now, since a person or the brake said so.
    var isHeld: Bool { assignment.isDrained || assignment.pause != nil || brake.isEngaged }
    /// Everything up to this entry was finished when the group was last there.
    var floor: StreamID? { assignment.floor ?? lastFloor }
    /// Whether the heartbeats stop: this replica rests and has given everything back.
    var isIdle: Bool { assignment.isDrained && hasLeft }
    /// Whether nothing keeps a resting replica from leaving the membership. The change is made with ``left()``.
    var canLeaveGroup: Bool { assignment.isDrained && !hasLeft && assignment.owned == 0 && acks.count == 0 }
    /// Whether this process holds nothing of the stream, though it owns a part of it and nobody keeps it from reading.
    var hasNothingBuffered: Bool {
        isOpen && !isHeld && assignment.owned > 0 && fetchPlanner.buffered == 0 && acks.count == 0
    }

    // MARK: The group and the leases

    mutating func opened(_ group: OpenedGroup) {
        isOpen = true
        failure = nil
        routed = group.routed
        assignment.learn(groupLease: group.lease)
    }

    /// The group or its state is gone: nothing is owned until it is opened again.
    mutating func closed(_ reason: String) -> Wakeups {
        isOpen = false
        failure = reason
        lastFloor = floor
        changes += assignment.revokeAll()
        return [.heartbeat, .work]
    }

    /// - Parameter doubt: why the server is not known to be the primary; nil when it is.
    /// - Returns: what changed.
    mutating func heartbeatAnswered(
        _ view: GroupView,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        doubt: PrimaryDoubt?
    ) -> (changes: [AssignmentChange], wakeups: Wakeups) {
        hasLeft = false
        primaryDoubt = doubt
        let new = assignment.answered(
            view,
            sentAt: sentAt,
            receivedAt: now,
            isConfirmed: doubt?.renewalsCount ?? true
        )
        changes += new
        brake.saw(assignment.pause)
        fetchPlanner.lookAtOrder(position: routed)
        let wakeups: Wakeups = new.isEmpty ? .acks : [.acks, .work]
        return (new, wakeups.union(release()))
    }

    /// Rests, or takes part again.
    /// - Returns: nil when that is nothing new.
    mutating func setDrained(_ isDrained: Bool) -> Wakeups? {
        guard assignment.isDrained != isDrained else { return nil }
        assignment.isDrained = isDrained
        return [.heartbeat, .work]
    }

    mutating func left() {
        assignment.left()
        hasLeft = true
    }

    /// Lets the next heartbeat give back the partitions on their way out of which nothing is left.
    private mutating func release() -> Wakeups {
        let finished = assignment.draining.filter { fetchPlanner.buffered(in: $0) == 0 && acks.count(in: $0) == 0 }
        for partition in finished { assignment.drained(partition) }
        return finished.isEmpty ? [] : .heartbeat
    }

    // MARK: Reading

    mutating func takeChanges() -> [AssignmentChange] {
        defer { changes = [] }
        return changes
    }

    /// Changes that could not be applied yet come first the next time.
    mutating func putBack(_ changes: [AssignmentChange]) { self.changes = changes + self.changes }

    mutating func nextRead() -> ReadAction {
        // What is not routed waits as lag, for another replica or for the end of the pause.
        guard isOpen, assignment.incarnation != nil, !isHeld else { return .wait }
        let fetches = fetchPlanner.pulls()
        if !fetches.isEmpty { return .fetch(fetches, most: fetchPlanner.pullCount) }
        let count = fetchPlanner.routeCount
        return count > 0 ? .route(count: count, caughtUpPartitions: fetchPlanner.caughtUpPartitions) : .wait
    }

    /// Opens a partition for reading, unless its tenure is over again, or it is on its way out, or a pause holds: its end begins another tenure.
    mutating func open(_ partition: Int, tenure: Int) {
        guard assignment.pause == nil,
            assignment.held.contains(where: { $0.partition == partition && $0.tenure == tenure })
        else { return }
        fetchPlanner.open(partition, tenure: tenure)
    }

    /// Lets all partitions be read from their beginning, each in a new tenure.
    mutating func reread() -> Wakeups {
        assignment.reread(assignment.held.map(\.partition))
        return .heartbeat
    }

    /// The position of another history means nothing in this one.
    mutating func incarnationChanged() {
        routed = .zero
        hasGoneBack = true
    }

    mutating func routed(to position: StreamID, isFull: Bool) {
        routed = position
        isPendingLimitReached = isFull
    }

    mutating func takePassed() -> (position: StreamID, passed: Int)? {
        defer { passed = nil }
        return passed
    }

    /// What Redis is to be told with the next call. What could not be told is put back into ``planned``.
    mutating func takePlanned() -> [Int] {
        defer { planned = [] }
        return planned.sorted()
    }

    /// What Redis lets the current tenures of partitions through by, as reading knows them; nil where the tenure is over.
    func tokens(of partitions: [Int]) -> [FencingToken?] {
        partitions.map { assignment.fencingToken(of: $0, tenure: fetchPlanner.tenure(of: $0)) }
    }

    // MARK: What becomes of entries

    /// Takes completions in the order in which they happened.
    mutating func completed(_ completions: [EntryCompletion]) -> Wakeups {
        for completion in completions {
            fetchPlanner.ended(completion)
            deliveryErrors.ended(completion.id)
            // Redis would refuse it, and nothing is gained by asking.
            let isCurrent = assignment.tenure(of: completion.partition) == completion.tenure
            // What the brake holds stays pending, and is read again after the pause.
            if brake.completed(completion), isCurrent {
                acks.append(completion)
            } else {
                _ = fetchPlanner.settled(completion.id)
            }
        }
        return brake.isEngaged ? [.acks, .work, .heartbeat] : [.acks, .work]
    }

    /// Takes entries as they were planned, before anything of them is sent.
    mutating func planned(_ entries: [PlannedEntry]) -> Wakeups {
        for entry in entries { brake.planned(entry) }
        return brake.isEngaged ? .heartbeat : []
    }

    /// The instant before which a request of this partition may start; nil when it may not.
    func sendDeadline(_ partition: Int, tenure: Int) -> ContinuousClock.Instant? {
        brake.isEngaged ? nil : assignment.sendDeadline(partition, tenure: tenure)
    }

    /// Takes entries that were given up; they stay pending in Redis.
    mutating func returned(_ entries: [PlannedEntry]) -> Wakeups {
        for entry in entries {
            fetchPlanner.forget(entry.id, partition: entry.partition, bytes: entry.size)
            deliveryErrors.ended(entry.id)
        }
        return release().union(.work)
    }

    /// The acknowledgements of this many completions have been dealt with.
    /// - Parameters:
    ///   - blocked: partitions that were left out.
    ///   - fenced: tenures whose acknowledgements were refused.
    /// - Returns: the completions that Redis has confirmed.
    mutating func acknowledged(
        _ count: Int,
        except blocked: Set<Int>,
        fenced: Set<Int>
    ) -> (confirmed: [EntryCompletion], wakeups: Wakeups) {
        let settled = acks.confirm(count, except: blocked)
        let isFree = settled.reduce(isPendingLimitReached) { fetchPlanner.settled($1.id) || $0 }
        let wakeups = release().union(isFree ? .work : [])
        return (settled.filter { !fenced.contains($0.tenure) }, wakeups)
    }
}
