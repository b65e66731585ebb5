import DevKit

@testable import Bridge
@testable import StreamGroups
@testable import Support

/// Replicas with clocks of their own, one Redis, and the dice: heartbeats and answers are delayed or lost, replicas are paused, cut off, ended,
/// started anew and leave, Redis is started anew or goes back in time.
///
/// A replica starts requests of its partitions whenever it may, so whoever may start too long is found.
struct LeaseSimulation {
    static let timing = LeaseTiming(lease: .seconds(10), heartbeat: .seconds(1), requestTimeout: .seconds(4))
    /// How long a replica waits for Redis' answer, in milliseconds.
    static let commandTimeout = 3000

    /// Something that a replica does wrong, to show that it would be found.
    enum Flaw: CaseIterable {
        /// One replica believes that its leases last longer than the others do.
        case longLease
        /// The lease is measured from the answer, not from before the heartbeat.
        case measuredFromAnswer
        /// Requests start as long as the lease lasts, however long they take.
        case noRoomForRequests
    }

    struct Violation: Equatable {
        let partition: Int
        let time: Int
    }

    private(set) var redis = SimulatedRedis()
    private(set) var replicas: [SimulatedReplica] = []
    /// True time in milliseconds since the beginning.
    private(set) var now = 0
    private(set) var violations: [Violation] = []
    private(set) var requests = 0
    let partitions: Int
    let flaw: Flaw?

    private var random: SplitMix64
    private let epoch = ContinuousClock.now
    private var snapshots: [SimulatedRedis] = []
    private var isDown = false
    /// While Redis is started anew nobody acquires anything, so accidents of replicas need runs without that.
    private let isRedisCalm: Bool
    private var isQuiet = false
    private var nextEvent = 0
    private var names = 0
    private struct Message {
        let time: Int
        let replica: String
        let number: Int
        let heartbeat: Heartbeat
    }
    private var messages: [Message] = []

    init(seed: UInt64, partitions: Int = 6, flaw: Flaw? = nil, redisFlaw: SimulatedRedis.Flaw? = nil) {
        random = SplitMix64(seed: seed)
        isRedisCalm = seed.isMultiple(of: 2)
        self.partitions = partitions
        self.flaw = flaw
        if let redisFlaw { redis.flaws = [redisFlaw] }
    }

    var live: [SimulatedReplica] { replicas.filter { !$0.isLeaving } }

    // MARK: What happens

    mutating func start(_ count: Int) { for _ in 0..<count { startReplica() } }

    mutating func leave() {
        if let index = replicas.firstIndex(where: { !$0.isLeaving }) { replicas[index].isLeaving = true }
    }

    mutating func end() { if !replicas.isEmpty { replicas.removeFirst() } }

    /// Nothing bad happens any more, and what is under way in the network is lost.
    mutating func becomeQuiet() {
        isQuiet = true
        isDown = false
        messages = []
        for index in replicas.indices { replicas[index].resume(now) }
    }

    /// Lets time pass, in milliseconds, with or without events.
    mutating func run(_ duration: Int) {
        let end = now + duration
        while now < end {
            var due = min(nextEvent, end)
            for message in messages { due = min(due, message.time) }
            for replica in replicas { due = min(due, replica.nextTime) }
            now = max(now, due)
            if !isQuiet && nextEvent <= now { event() }
            if isQuiet { nextEvent = .max }
            deliver()
            for index in replicas.indices where replicas[index].nextTime <= now { step(index) }
            replicas.removeAll { $0.isGone }
        }
    }

    private mutating func event() {
        nextEvent = now + pick(500, 4000)
        snapshots.append(redis)
        if snapshots.count > 8 { snapshots.removeFirst() }
        if isDown && chance(2) { isDown = false }
        switch pick(0, 16) {
        case 0: if replicas.count < 4 { startReplica() }
        case 1: replicas.removeAll { [name = replicas.randomElement(using: &random)?.name] in $0.name == name }
        case 2: if let index = anyReplica() { replicas[index].isLeaving = true }
        case 3...5:
            let length = chance(2) ? pick(100, 6000) : pick(6000, 30_000)
            if let index = anyReplica() { replicas[index].pause(until: now + length) }
        case 6: isDown = chance(3)
        case 7 where !isRedisCalm: restart(from: redis)
        case 8 where !isRedisCalm, 11 where !isRedisCalm:
            if let snapshot = snapshots.randomElement(using: &random) { restart(from: snapshot) }
        case 7...11: if let index = anyReplica() { replicas[index].cutOffUntil = now + pick(1000, 25_000) }
        default: break
        }
        if replicas.isEmpty { startReplica() }
    }

    private mutating func restart(from snapshot: SimulatedRedis) {
        names += 1
        redis = snapshot
        redis.run = "run-\(names)"
    }

    private mutating func startReplica() {
        names += 1
        var timing = Self.timing
        if flaw == .longLease && names.isMultiple(of: 2) { timing.lease = .seconds(20) }
        if flaw == .noRoomForRequests { timing.requestTimeout = .zero }
        replicas.append(
            SimulatedReplica(
                leases: PartitionAssignment(member: "m\(names)", partitions: partitions, timing: timing),
                epoch: epoch + .seconds(pick(0, 100_000)),
                rate: Double.random(in: 0.995...1.005, using: &random),
                now: now
            )
        )
    }

    // MARK: Network

    private mutating func deliver() {
        guard messages.contains(where: { $0.time <= now }) else { return }
        let due = messages.filter { $0.time <= now }
        messages.removeAll { $0.time <= now }
        for message in due where !isDown && !isCutOff(message.replica) {
            let (view, rings) = redis.answer(message.heartbeat)
            if let index = replicas.firstIndex(where: { $0.name == message.replica }), isQuiet || !chance(12) {
                replicas[index].answerComes(view, to: message.number, at: now + delay())
            }
            guard rings else { continue }
            for index in replicas.indices where replicas[index].name != message.replica && (isQuiet || !chance(4)) {
                replicas[index].wantBeat(at: now + pick(1, 20))
            }
        }
    }

    private func isCutOff(_ name: String) -> Bool {
        !isQuiet && replicas.contains { $0.name == name && $0.cutOffUntil > now }
    }

    private mutating func delay() -> Int {
        if isQuiet || !chance(10) { return pick(1, 40) }
        return chance(2) ? pick(40, Self.commandTimeout) : pick(40, 12_000)
    }

    // MARK: A replica's turn

    private mutating func step(_ index: Int) {
        var replica = replicas[index]
        defer { replicas[index] = replica }
        guard replica.pausedUntil <= now else { return }
        replica.takeAnswer(now, fromAnswer: flaw == .measuredFromAnswer)
        if replica.isLeaving && replica.busyUntil.values.allSatisfy({ $0 <= now }) {
            if !isDown && (isQuiet || !chance(5)) {
                redis.leave(replica.name, replica.leases.all)
                for other in replicas.indices { replicas[other].wantBeat(at: now + 20) }
            }
            replica.isGone = true
            return
        }
        if let (heartbeat, number) = replica.beatIfDue(now, timeout: Self.commandTimeout), isQuiet || !chance(12) {
            messages.append(Message(time: now + delay(), replica: replica.name, number: number, heartbeat: heartbeat))
        }
        if replica.nextTry <= now {
            replica.nextTry = now + pick(20, 300)
            if !replica.isLeaving { for partition in 0..<partitions { startRequest(&replica, partition) } }
            replica.releaseDrained(now)
        }
    }

    private mutating func startRequest(_ replica: inout SimulatedReplica, _ partition: Int) {
        // What is given back may be used to finish what has begun; the simulation's requests are all new.
        guard !replica.leases.draining.contains(partition), let tenure = replica.leases.tenure(of: partition),
            replica.leases.mayStart(partition, tenure: tenure, now: replica.local(now)), isQuiet || !chance(3)
        else { return }
        requests += 1
        for other in replicas where other.name != replica.name && other.busyUntil[partition, default: 0] > now {
            violations.append(Violation(partition: partition, time: now))
        }
        let longest = Int(Self.timing.requestTimeout.components.seconds) * 1000
        let length = chance(2) ? longest : pick(1, longest)
        replica.busyUntil[partition] = max(replica.busyUntil[partition, default: 0], now + length)
    }

    // MARK: Dice

    private mutating func pick(_ from: Int, _ to: Int) -> Int { Int.random(in: from..<to, using: &random) }
    private mutating func chance(_ count: Int) -> Bool { pick(0, count) == 0 }
    private mutating func anyReplica() -> Int? { replicas.indices.randomElement(using: &random) }
}
