import RedisStreams
import Synchronization

/// One stream with its group, as this process holds it: the leases, what is in hand, and what waits for its acknowledgement.
///
/// Lease keeper, reader, deliverer and acknowledger meet here and nowhere else.
final class StreamState: Sendable {
    let index: Int
    let keys: StreamKeys
    let group: String
    let partitions: Int
    let client: RedisClient
    let member: String
    let timing: LeaseTiming
    let scripts: StreamScripts
    let times: RedisCommandTimes

    /// Signalled when there may be something to read, or room for it, or a change of the leases to apply.
    let readable = Wakeup()
    /// Signalled when an end waits for its acknowledgement.
    let endsWaiting = Wakeup()
    /// Signalled when a heartbeat should not wait for its turn.
    let beatWanted = Wakeup()
    /// Signalled after a heartbeat: what keeps entries from being delivered may be told of now.
    let troublesWanted = Wakeup()

    private struct State {
        var fetchPlanner: FetchPlanner
        var acks = AckQueue()
        var leases: PartitionAssignment
        var troubles = DeliveryErrors()
        var changes: [AssignmentChange] = []
        var isOpen = false
        var lastFault: String?
        var routed = StreamID.zero
        var windowWasFull = false
        /// Partitions of which all that was read has been planned since Redis was told so.
        var planned: Set<Int> = []
        /// How many entries have been passed at a position, if nothing is found behind it.
        var passed: (position: StreamID, passed: Int)?
        var hasGoneBack = false
        /// The floor that was known when the group went.
        var lastFloor: StreamID?
        /// Whether this replica has left the membership, to rest.
        var hasLeft = false
        var primaryDoubt: PrimaryDoubt?
        /// Why the last dead letter could not be written; nil when it could.
        var letterProblem: String?
    }
    private let state: Mutex<State>

    /// - Parameter member: names this process and no other one, ever.
    init(
        index: Int,
        keys: StreamKeys,
        group: String,
        partitions: Int,
        member: String,
        timing: LeaseTiming,
        client: RedisClient,
        limits: BufferLimits,
        scripts: StreamScripts = StreamScripts(),
        times: RedisCommandTimes = .none
    ) {
        self.index = index
        self.keys = keys
        self.group = group
        self.partitions = partitions
        self.member = member
        self.timing = timing
        self.client = client
        self.scripts = scripts
        self.times = times
        let leases = PartitionAssignment(member: member, partitions: partitions, timing: timing)
        self.state = Mutex(State(fetchPlanner: FetchPlanner(partitions: partitions, limits: limits), leases: leases))
    }

    /// One for each stream of the configuration, each with a connection of its own.
    static func states(
        of configuration: BridgeConfiguration,
        faults: FaultInjection,
        times: RedisCommandTimes,
        connections: inout RedisConnections
    ) -> [StreamState] {
        // No other process ever has this name, so none takes this one's leases for its own.
        let member = "\(configuration.instance)/\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var timing = configuration.leaseTiming
        if configuration.redis.hasVoters { timing.promotionDelay = MajorityConfirmation.promotionDelay }
        var states: [StreamState] = []
        for (index, stream) in configuration.streams.enumerated() {
            states.append(
                StreamState(
                    index: index,
                    keys: configuration.keys(of: stream),
                    group: configuration.group,
                    partitions: configuration.partitions,
                    member: member,
                    timing: faults.timing(timing),
                    client: connections.connect(to: stream.name),
                    limits: configuration.limits,
                    scripts: faults.scripts,
                    times: times
                )
            )
        }
        return states
    }

    func withIntake<Result>(_ body: (inout FetchPlanner) -> Result) -> Result {
        state.withLock { body(&$0.fetchPlanner) }
    }
    func withAcks<Result>(_ body: (inout AckQueue) -> Result) -> Result { state.withLock { body(&$0.acks) } }
    func withTroubles<Result>(_ body: (inout DeliveryErrors) -> Result) -> Result {
        state.withLock { body(&$0.troubles) }
    }
    func withLeases<Result>(_ body: (inout PartitionAssignment) -> Result) -> Result {
        state.withLock { body(&$0.leases) }
    }

    /// The pause that holds, as the last heartbeat found it.
    var pause: Pause? { withLeases { $0.pause } }
    /// Whether this replica was told to rest.
    var isDrained: Bool { withLeases { $0.isDrained } }
    /// Whether nothing new is read now, since a person said so.
    var isHeld: Bool { withLeases { $0.isDrained || $0.pause != nil } }

    var isOpen: Bool { state.withLock { $0.isOpen } }
    var fault: String? { state.withLock { $0.lastFault } }

    /// The ID up to which entries have been routed, as far as this process knows.
    var routed: StreamID {
        get { state.withLock { $0.routed } }
        set { state.withLock { $0.routed = newValue } }
    }

    /// Whether routing stopped since too much was pending: then an acknowledgement makes room.
    var windowWasFull: Bool {
        get { state.withLock { $0.windowWasFull } }
        set { state.withLock { $0.windowWasFull = newValue } }
    }

    /// What Redis lets the current tenures of partitions through by, as reading knows them; nil where the tenure is over.
    func tokens(of partitions: [Int]) -> [FencingToken?] {
        state.withLock { state in
            partitions.map { state.leases.fencingToken(of: $0, tenure: state.fetchPlanner.tenure(of: $0)) }
        }
    }

    /// The incarnation that this replica knows; what no incarnation ever is before the first heartbeat.
    var incarnation: String { withLeases { $0.incarnation } ?? "" }

    /// Whether Redis has gone back in time since this process began: what it routes may have been delivered before.
    var hasGoneBack: Bool { state.withLock { $0.hasGoneBack } }
    func goneBack() { state.withLock { $0.hasGoneBack = true } }

    /// Whether a heartbeat has told the incarnation. Before that, nothing can be read.
    var isKnown: Bool { withLeases { $0.incarnation != nil } }

    func notePassed(_ count: Int, at position: StreamID) { state.withLock { $0.passed = (position, count) } }

    func takePassed() -> (position: StreamID, passed: Int)? {
        state.withLock { state in
            defer { state.passed = nil }
            return state.passed
        }
    }

    /// Everything up to this entry was finished when the group was last there.
    var lastFloor: StreamID? { state.withLock { $0.lastFloor } }

    /// Entries of these partitions were read, and all of them are planned.
    func planned(_ partitions: [Int]) { state.withLock { $0.planned.formUnion(partitions) } }

    /// What Redis is to be told with the next call. What could not be told is put back by ``planned(_:)``.
    func takePlanned() -> [Int] {
        state.withLock { state in
            defer { state.planned = [] }
            return state.planned.sorted()
        }
    }

    func opened(_ group: OpenedGroup) {
        state.withLock { state in
            state.isOpen = true
            state.lastFault = nil
            state.routed = group.routed
            state.leases.learn(groupLease: group.lease)
        }
    }

    /// Something stands against reading; shown until the next ``opened(_:)`` or ``mended()``.
    func faulted(_ reason: String) { state.withLock { $0.lastFault = reason } }
    func mended() { state.withLock { $0.lastFault = nil } }

    /// The group or its state is gone: nothing is owned until it is opened again.
    func closed(_ reason: String) {
        state.withLock { state in
            state.isOpen = false
            state.lastFault = reason
            state.lastFloor = state.leases.floor ?? state.lastFloor
            state.changes += state.leases.revokeAll()
        }
        beatWanted.signal()
        readable.signal()
    }

    /// Rests, or takes part again.
    /// - Returns: whether that is something new.
    func rest(_ isDrained: Bool) -> Bool {
        let hasChanged = state.withLock { state in
            defer { state.leases.isDrained = isDrained }
            return state.leases.isDrained != isDrained
        }
        if hasChanged {
            beatWanted.signal()
            readable.signal()
        }
        return hasChanged
    }

    /// Whether the heartbeats stop: this replica rests and has given everything back.
    var isIdle: Bool { state.withLock { $0.leases.isDrained && $0.hasLeft } }

    /// Whether nothing keeps a resting replica from leaving the membership. The change is made with ``left()``.
    var canLeaveGroup: Bool {
        state.withLock { $0.leases.isDrained && !$0.hasLeft && $0.leases.owned == 0 && $0.acks.count == 0 }
    }

    func left() {
        state.withLock { state in
            state.leases.left()
            state.hasLeft = true
        }
    }

    /// A heartbeat was answered.
    /// - Returns: what changed.
    /// - Parameter doubt: why the server is not known to be the primary; nil when it is.
    func heartbeatAnswered(
        _ view: GroupView,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        doubt: PrimaryDoubt? = nil
    ) -> [AssignmentChange] {
        let isConfirmed = doubt?.renewalsCount ?? true
        let changes = state.withLock { state in
            state.hasLeft = false
            state.primaryDoubt = doubt
            let changes = state.leases.answered(view, sentAt: sentAt, receivedAt: now, isConfirmed: isConfirmed)
            state.changes += changes
            state.fetchPlanner.lookAtOrder(position: state.routed)
            return changes
        }
        endsWaiting.signal()
        if !changes.isEmpty { readable.signal() }
        releaseDrained()
        return changes
    }

    /// Why the server of the last heartbeat is not known to be the primary; nil when it is.
    var primaryDoubt: PrimaryDoubt? { state.withLock { $0.primaryDoubt } }

    /// Why dead letters cannot be written; nil when the last one could.
    var letterProblem: String? { state.withLock { $0.letterProblem } }

    func lettersAre(unwritable why: String?) { state.withLock { $0.letterProblem = why } }

    /// Whether this process holds nothing of the stream, though it owns a part of it and nobody keeps it from reading.
    var hasNothingBuffered: Bool {
        state.withLock { state in
            let isHeld = state.leases.isDrained || state.leases.pause != nil
            return state.isOpen && !isHeld && state.leases.owned > 0 && state.fetchPlanner.buffered == 0
                && state.acks.count == 0
        }
    }

    /// Lets all partitions be read from their beginning, each in a new tenure.
    func readsAgain() {
        withLeases { $0.reread($0.held.map(\.partition)) }
        beatWanted.signal()
    }

    /// The changes that wait to be applied to reading and delivery.
    func takeChanges() -> [AssignmentChange] {
        state.withLock { state in
            defer { state.changes = [] }
            return state.changes
        }
    }

    /// Changes that could not be applied yet come first the next time.
    func putBack(_ changes: [AssignmentChange]) { state.withLock { $0.changes = changes + $0.changes } }

    /// The instant before which a request of this partition may start; nil when it may not.
    func sendDeadline(_ partition: Int, tenure: Int) -> ContinuousClock.Instant? {
        state.withLock { $0.leases.sendDeadline(partition, tenure: tenure) }
    }

    /// Takes ends in the order in which they happened.
    func ended(_ ends: [EntryCompletion]) {
        state.withLock { state in
            for end in ends {
                state.fetchPlanner.ended(end)
                state.troubles.ended(end.id)
                // Redis would refuse it, and nothing is gained by asking.
                let isCurrent = state.leases.tenure(of: end.partition) == end.tenure
                if isCurrent { state.acks.append(end) } else { _ = state.fetchPlanner.settled(end.id) }
            }
        }
        endsWaiting.signal()
        readable.signal()
    }

    /// The process is still there after a suspect was handled.
    func survived(_ id: StreamID) {
        withIntake { $0.survived(id) }
        readable.signal()
    }

    /// The process ends in good order: the suspect in hand is not to blame for it.
    func endingInOrder() { withIntake { $0.endingInOrder() } }

    /// Takes entries that were given up; they stay pending in Redis.
    func forgot(_ entries: [PlannedEntry]) {
        if entries.isEmpty { return }
        state.withLock { state in
            for entry in entries {
                state.fetchPlanner.forget(entry.id, partition: entry.partition, bytes: entry.size)
                state.troubles.ended(entry.id)
            }
        }
        readable.signal()
        releaseDrained()
    }

    /// The acknowledgements of this many ends have been dealt with.
    /// - Parameters:
    ///   - stuck: partitions that were left out.
    ///   - fenced: tenures whose acknowledgements were refused.
    /// - Returns: the ends that Redis has confirmed.
    func acknowledged(_ count: Int, except stuck: Set<Int> = [], fenced: Set<Int> = []) -> [EntryCompletion] {
        let (confirmed, isFree) = state.withLock { state in
            let settled = state.acks.confirm(count, except: stuck)
            let isFree = settled.reduce(state.windowWasFull) { state.fetchPlanner.settled($1.id) || $0 }
            return (settled.filter { !fenced.contains($0.tenure) }, isFree)
        }
        if isFree { readable.signal() }
        releaseDrained()
        return confirmed
    }

    /// Lets the next heartbeat give back the draining partitions of which nothing is left.
    private func releaseDrained() {
        let hasReleases = state.withLock { state in
            let drained = state.leases.draining.filter {
                state.fetchPlanner.buffered(in: $0) == 0 && state.acks.count(in: $0) == 0
            }
            for partition in drained { state.leases.drained(partition) }
            return !drained.isEmpty
        }
        if hasReleases { beatWanted.signal() }
    }
}
