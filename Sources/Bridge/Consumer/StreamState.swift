import RedisStreams
import StreamGroups
import Synchronization

/// One stream with its group, as this process holds it: a lock around ``ConsumerState``, and what wakes the stream's tasks.
///
/// Lease renewer, reader, deliverer and acknowledger meet here and nowhere else. Each of these functions is one decision, taken under one lock.
/// Invariants:
/// - locks are taken in this order: the deliverer's, a stream's, a wakeup's. Under a stream's lock nothing is called but the value, and wakeups are
///   signalled after it;
/// - ownership: only the reader's task opens and closes partitions and accepts entries. The deliverer returns what it was given, and completes it.
final class StreamState: Sendable {
    let index: Int
    /// The stream's group in Redis.
    let group: GroupClient
    let timing: LeaseTiming
    /// Where people find this replica's page; nil for nowhere.
    let address: PublicAddress?

    /// Wakes the reader; see ``ConsumerState/Wakeups``.
    let work = Wakeup()
    /// Wakes the acknowledger.
    let acks = Wakeup()
    /// Wakes the lease renewer.
    let heartbeat = Wakeup()
    /// Wakes the one who reports what keeps entries from being delivered; signalled after a heartbeat.
    let errors = Wakeup()

    /// Tests look into it; everything else asks the functions below.
    let consumer: Mutex<ConsumerState>

    init(
        index: Int,
        group: GroupClient,
        timing: LeaseTiming,
        limits: BufferLimits,
        brake: MappingBrake = MappingBrake(isOn: false),
        writesReceipts: Bool = false,
        address: PublicAddress? = nil
    ) {
        self.index = index
        self.address = address
        self.group = group
        self.timing = timing
        let assignment = PartitionAssignment(member: group.member, partitions: group.partitions, timing: timing)
        var consumer = ConsumerState(assignment: assignment, limits: limits, brake: brake)
        consumer.acks.writesReceipts = writesReceipts
        self.consumer = Mutex(consumer)
    }

    /// One for each stream of the configuration, each with a connection of its own.
    static func states(
        of configuration: BridgeConfiguration,
        faults: FaultInjection,
        rules: CurrentDestination.Rules,
        times: RedisCommandTimes,
        connections: inout RedisConnections
    ) -> [StreamState] {
        var brake = MappingBrake(isOn: configuration.brakes)
        brake.use(rules.versions, load: rules.load)
        // No other process ever has this name, so none takes this one's leases for its own.
        let member = "\(configuration.instance)/\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var timing = configuration.leaseTiming
        if configuration.redis.hasVoters { timing.promotionDelay = MajorityConfirmation.promotionDelay }
        var states: [StreamState] = []
        for (index, stream) in configuration.streams.enumerated() {
            states.append(
                StreamState(
                    index: index,
                    group: GroupClient(
                        client: connections.connect(to: stream.name),
                        keys: configuration.keys(of: stream),
                        partitions: configuration.partitions,
                        member: member,
                        scripts: faults.scripts,
                        timed: times.record
                    ),
                    timing: faults.timing(timing),
                    limits: configuration.limits,
                    brake: brake,
                    writesReceipts: configuration.receiptsMax > 0,
                    address: configuration.publicAddress
                )
            )
        }
        return states
    }

    private func signal(_ wakeups: ConsumerState.Wakeups) {
        if wakeups.contains(.acks) { acks.signal() }
        if wakeups.contains(.heartbeat) { heartbeat.signal() }
        if wakeups.contains(.work) { work.signal() }
    }

    // MARK: What everybody may know

    var keys: GroupKeys { group.keys }
    var client: RedisClient { group.client }
    var partitions: Int { group.partitions }
    var member: String { group.member }

    /// The pause that holds, as the last heartbeat found it.
    var pause: Pause? { consumer.withLock { $0.assignment.pause } }
    /// Whether this replica was told to rest.
    var isDrained: Bool { consumer.withLock { $0.assignment.isDrained } }
    var isHeld: Bool { consumer.withLock { $0.isHeld } }
    var isOpen: Bool { consumer.withLock { $0.isOpen } }
    /// The incarnation that this replica knows; what no incarnation ever is before the first heartbeat.
    var incarnation: String { consumer.withLock { $0.assignment.incarnation } ?? "" }
    var floor: StreamID? { consumer.withLock { $0.floor } }
    var hasNothingBuffered: Bool { consumer.withLock { $0.hasNothingBuffered } }

    /// Sets what this process knows by itself.
    func describe(in status: inout StreamStatus) { consumer.withLock { status.take($0) } }

    /// Something stands against reading; shown until the group is opened, or ``recovered()``.
    func failed(_ reason: String) { consumer.withLock { $0.failure = reason } }
    func recovered() { consumer.withLock { $0.failure = nil } }

    // MARK: For the lease renewer

    func opened(_ group: OpenedGroup) { consumer.withLock { $0.opened(group) } }
    func closed(_ reason: String) { signal(consumer.withLock { $0.closed(reason) }) }
    func nextHeartbeat(now: ContinuousClock.Instant) -> Heartbeat { consumer.withLock { $0.assignment.next(now: now) } }

    /// - Parameter sentAt: from before the heartbeat was sent.
    /// - Returns: what changed.
    func heartbeatAnswered(
        _ view: GroupView,
        sentAt: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        doubt: PrimaryDoubt? = nil
    ) -> [AssignmentChange] {
        let (changes, wakeups) = consumer.withLock {
            $0.heartbeatAnswered(view, sentAt: sentAt, now: now, doubt: doubt)
        }
        signal(wakeups)
        return changes
    }

    /// - Returns: whether that is something new.
    func setDrained(_ isDrained: Bool) -> Bool {
        guard let wakeups = consumer.withLock({ $0.setDrained(isDrained) }) else { return false }
        signal(wakeups)
        return true
    }

    var isIdle: Bool { consumer.withLock { $0.isIdle } }
    var canLeaveGroup: Bool { consumer.withLock { $0.canLeaveGroup } }
    func left() { consumer.withLock { $0.left() } }
    /// Partition and lease of all that is owned.
    var leases: [Heartbeat.Release] { consumer.withLock { $0.assignment.all } }
    func lease(of partition: Int) -> String? { consumer.withLock { $0.assignment.lease(of: partition) } }

    // MARK: For the reader

    func takeChanges() -> [AssignmentChange] { consumer.withLock { $0.takeChanges() } }
    func putBack(_ changes: [AssignmentChange]) { consumer.withLock { $0.putBack(changes) } }
    func nextRead() -> ConsumerState.ReadAction { consumer.withLock { $0.nextRead() } }

    /// What is owned and stays so, with its tenure.
    var held: [(partition: Int, tenure: Int)] { consumer.withLock { $0.assignment.held } }
    func open(_ partition: Int, tenure: Int) { consumer.withLock { $0.open(partition, tenure: tenure) } }
    func close(_ partition: Int) { consumer.withLock { $0.fetchPlanner.close(partition) } }
    func rewind() { consumer.withLock { $0.fetchPlanner.rewind() } }
    func reread() { signal(consumer.withLock { $0.reread() }) }
    func incarnationChanged() { consumer.withLock { $0.incarnationChanged() } }
    var hasGoneBack: Bool { consumer.withLock { $0.hasGoneBack } }
    func tokens(of partitions: [Int]) -> [FencingToken?] { consumer.withLock { $0.tokens(of: partitions) } }

    func accept(_ id: StreamID, partition: Int, bytes: Int, isSuspect: Bool) -> FetchPlanner.Admission {
        consumer.withLock { $0.fetchPlanner.admit(id, partition: partition, bytes: bytes, isSuspect: isSuspect) }
    }

    func fetched(_ fetch: FetchPlanner.Fetch, _ grant: PullGrant, isCut: Bool) {
        consumer.withLock {
            $0.fetchPlanner.pulled(
                fetch,
                entries: grant.count,
                last: grant.last,
                // A suspect may turn out to have ended here: what comes after it must not be forgotten.
                suspectWaits: grant.suspectWaits || grant.deaths > 0,
                isCut: isCut
            )
        }
    }

    /// Another replica may own the partition: the next heartbeat tells.
    func fetchRefused(_ fetch: FetchPlanner.Fetch) {
        consumer.withLock { $0.fetchPlanner.refused(fetch) }
        heartbeat.signal()
    }

    /// - Returns: whether it was a single entry.
    func replyWasTooLarge(entries: Int, bytes: Int) -> Bool {
        consumer.withLock { $0.fetchPlanner.wasTooLarge(entries: entries, bytes: bytes) }
    }

    /// The ID up to which entries have been routed, as far as this process knows.
    var routed: StreamID { consumer.withLock { $0.routed } }
    func routed(to position: StreamID, isFull: Bool = false) {
        consumer.withLock { $0.routed(to: position, isFull: isFull) }
    }

    /// New entries were routed, and those of them that are in hand were accepted.
    func routed(_ answer: RouteAnswer, given: [(partition: Int, last: StreamID)], bytes: Int) {
        consumer.withLock {
            $0.fetchPlanner.routed(to: answer.partitions, given: given, entries: answer.entries, bytes: bytes)
        }
    }

    func notePassed(_ count: Int, at position: StreamID) { consumer.withLock { $0.passed = (position, count) } }
    func takePassed() -> (position: StreamID, passed: Int)? { consumer.withLock { $0.takePassed() } }

    /// Entries of these partitions were read, and all of them are planned.
    func planned(_ partitions: [Int]) { consumer.withLock { $0.planned.formUnion(partitions) } }
    func takePlanned() -> [Int] { consumer.withLock { $0.takePlanned() } }

    /// The process is still there after a suspect was handled.
    func survived(_ id: StreamID) {
        consumer.withLock { $0.fetchPlanner.survived(id) }
        work.signal()
    }

    func takeSurvivors() -> [StreamID] { consumer.withLock { $0.fetchPlanner.takeSurvivors() } }

    /// The process ends in good order: the suspect in hand is not to blame for it.
    func endingInOrder() { consumer.withLock { $0.fetchPlanner.endingInOrder() } }

    /// Entries were planned; nothing of them has been sent.
    func planned(_ entries: [PlannedEntry]) { signal(consumer.withLock { $0.planned(entries) }) }

    // MARK: For the deliverer, under its lock

    /// The instant before which a request of this partition may start; nil when it may not.
    func sendDeadline(_ partition: Int, tenure: Int) -> ContinuousClock.Instant? {
        consumer.withLock { $0.sendDeadline(partition, tenure: tenure) }
    }

    /// Takes completions in the order in which they happened.
    func completed(_ completions: [EntryCompletion]) { signal(consumer.withLock { $0.completed(completions) }) }

    /// Takes entries that were given up; they stay pending in Redis.
    func returned(_ entries: [PlannedEntry]) {
        if entries.isEmpty { return }
        signal(consumer.withLock { $0.returned(entries) })
    }

    // MARK: For the acknowledger

    /// Completions that Redis has not confirmed yet.
    var pendingAcks: Int { consumer.withLock { $0.acks.count } }

    func nextAcknowledgements(except blocked: Set<Int>) -> [AckQueue.Call] {
        consumer.withLock { $0.acks.calls(except: blocked) }
    }

    /// Tokens are asked for right before each call, since a heartbeat may have ended the tenure meanwhile.
    func tokens(of batches: [AckQueue.PartitionBatch]) -> [FencingToken?] {
        consumer.withLock { consumer in
            batches.map { consumer.assignment.fencingToken(of: $0.partition, tenure: $0.tenure) }
        }
    }

    func acknowledged(_ count: Int, except blocked: Set<Int>, fenced: Set<Int>) -> [EntryCompletion] {
        let (confirmed, wakeups) = consumer.withLock { $0.acknowledged(count, except: blocked, fenced: fenced) }
        signal(wakeups)
        return confirmed
    }

    func deadLettersAre(unwritable why: String?) { consumer.withLock { $0.deadLetterProblem = why } }

    /// Contacts that look left behind, and those of them that are.
    func takeBehind() -> [OrderMonitor.Violation] { consumer.withLock { $0.fetchPlanner.takeBehind() } }
    func confirm(_ violations: [OrderMonitor.Violation]) { consumer.withLock { $0.fetchPlanner.confirm(violations) } }
    func takeViolations() -> (count: Int, last: OrderMonitor.Violation?) {
        consumer.withLock { $0.fetchPlanner.takeViolations() }
    }

    // MARK: For the reporter of delivery errors

    func attemptFailed(_ id: StreamID, _ error: DeliveryError) {
        consumer.withLock { $0.deliveryErrors.failed(id, error) }
    }

    /// What to write; nil when Redis holds nothing of this process, and is to hold nothing.
    func takeDeliveryErrors() -> DeliveryErrors.Difference? {
        consumer.withLock { consumer in
            let difference = consumer.deliveryErrors.difference
            consumer.deliveryErrors.writing(difference)
            return consumer.deliveryErrors.isEmpty ? nil : difference
        }
    }

    /// - Parameter isKept: whether what was written before is still there.
    func wroteDeliveryErrors(_ difference: DeliveryErrors.Difference, isKept: Bool) {
        consumer.withLock { consumer in
            consumer.deliveryErrors.written(difference)
            if !isKept { consumer.deliveryErrors.forgotten() }
        }
    }
}
