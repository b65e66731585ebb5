import RedisStreams
import StreamGroups

/// Decides which partitions this replica owns and when it may act on that.
///
/// A value: what heartbeats answered and instants of this machine's own clock go in, changes and the next heartbeat come out. No two
/// machines' clocks are compared. Invariants, each a test:
/// - requests of one partition never start on two replicas whose start windows overlap, whatever was paused or lost in between;
/// - a lease that was not released is claimed only after a whole lease time without a beat of its owner;
/// - a tenure is one epoch of a lease in one incarnation: what Redis accepts under its fencing token was read in it;
/// - while membership stands still, every member comes to its fair share, and then nothing moves.
struct PartitionAssignment: Sendable {
    private enum Phase: Sendable { case held, draining, releasing }

    private struct Holding: Sendable {
        let tenure: Int
        let lease: String
        var phase = Phase.held
    }

    private struct HeartbeatObservation: Sendable {
        var beat: Int64
        var since: ContinuousClock.Instant
    }

    /// Names this process and no other one, ever.
    let member: String
    let partitions: Int
    private(set) var timing: LeaseTiming

    private var holdings: [Int: Holding] = [:]
    private var sightings: [String: HeartbeatObservation] = [:]
    private var claimed: [Int: (cause: TakeoverCause, since: ContinuousClock.Instant?)] = [:]
    /// Since when partitions have had no owner that is a member: since its last beat, as far as that was seen.
    private var orphans: [Int: ContinuousClock.Instant] = [:]
    private var view: GroupView?
    /// Partitions that are to be read from their beginning, in a new tenure.
    private var wantedRereads: Set<Int> = []
    private var incarnationSince: ContinuousClock.Instant?
    private var confirmedAt: ContinuousClock.Instant?
    /// The incarnation in which the last renewal was confirmed. In another one nothing starts: a primary that was replaced may come back for a
    /// moment with what it knew.
    private var confirmedIncarnation: String?
    private var tenures = 0
    /// Whether this replica was told to own nothing. Others take what it gives back once it has left the membership.
    var isDrained = false

    init(member: String, partitions: Int, timing: LeaseTiming) {
        self.member = member
        self.partitions = partitions
        self.timing = timing
    }

    /// The partitions that are owned, those on their way out included.
    var owned: Int { holdings.count }
    var isOverdue: Bool { view == nil }
    var members: Int { view?.members.count ?? 0 }
    /// The replicas and who owns what, as the last heartbeat found it.
    var memberNames: [String] { view.map { Array($0.members.keys) } ?? [] }
    var addresses: [String: PublicAddress] { view?.addresses ?? [:] }
    var owners: [Int: String] { view?.leases.compactMapValues { $0.owner.map(String.init) } ?? [:] }
    /// Partitions that nobody owns, as far as is known; nil before the first heartbeat.
    var unassigned: Int? {
        view.map { view in partitions - view.leases.values.count { $0.owner != nil } }
    }
    /// The highest epoch of an owned partition.
    var epoch: Int64 { holdings.values.map { GroupView.Lease(text: $0.lease).epoch }.max() ?? 0 }

    /// The incarnation that this replica knows; nil before the first heartbeat.
    var incarnation: String? { view?.incarnation }
    /// Everything up to this entry was finished at the last heartbeat, as far as is known.
    var floor: StreamID? { view?.floor }
    /// The lease of an owned partition.
    func lease(of partition: Int) -> String? { holdings[partition]?.lease }
    /// What Redis lets this tenure's calls through by; nil when the tenure is over.
    func fencingToken(of partition: Int, tenure: Int) -> FencingToken? {
        guard let holding = holdings[partition], holding.tenure == tenure, let view else { return nil }
        return FencingToken(lease: holding.lease, incarnation: view.incarnation)
    }
    func tenure(of partition: Int) -> Int? { holdings[partition]?.tenure }
    var draining: [Int] { holdings.filter { $0.value.phase == .draining }.map(\.key) }
    /// The pause that holds, as the last heartbeat found it.
    var pause: Pause? { view?.pause }
    /// What is owned and stays so, with its tenure.
    var held: [(partition: Int, tenure: Int)] {
        holdings.sorted { $0.key < $1.key }.filter { $0.value.phase == .held }.map { ($0.key, $0.value.tenure) }
    }
    /// Partition and lease of all that is owned.
    var all: [Heartbeat.Release] {
        holdings.sorted { $0.key < $1.key }.map { .init(partition: $0.key, lease: $0.value.lease) }
    }

    /// The instant before which a request of this partition may start: it is owned since `tenure`, and would end by its own timeout before
    /// anybody else may own it. nil when it may not start at all.
    func sendDeadline(_ partition: Int, tenure: Int) -> ContinuousClock.Instant? {
        // A draining partition is still owned: what has begun of it is finished. Nothing else of it is left to start.
        guard let holding = holdings[partition], holding.tenure == tenure, holding.phase != .releasing, pause == nil,
            let confirmedAt, confirmedIncarnation == view?.incarnation
        else {
            return nil
        }
        return confirmedAt + timing.startWindow
    }

    /// Whether a request of this partition may start at this instant.
    func mayStart(_ partition: Int, tenure: Int, now: ContinuousClock.Instant) -> Bool {
        sendDeadline(partition, tenure: tenure).map { now < $0 } ?? false
    }

    /// Nothing of a draining partition is left in this process: the next heartbeat gives it back.
    mutating func drained(_ partition: Int) {
        if holdings[partition]?.phase == .draining { holdings[partition]?.phase = .releasing }
    }

    /// The lease time that the whole group keeps.
    mutating func learn(groupLease: Duration?) { if let groupLease { timing.groupLease = groupLease } }

    /// Partitions are to be read from their beginning: older entries than those that were read may be in them. The next heartbeat begins their
    /// new tenures.
    mutating func reread(_ partitions: some Sequence<Int>) {
        for partition in partitions where holdings[partition]?.phase == .held { wantedRereads.insert(partition) }
    }

    /// The group or its state is gone: nothing is owned.
    mutating func revokeAll() -> [AssignmentChange] {
        let changes =
            holdings.keys.sorted().map { AssignmentChange.lost(partition: $0) } + pauseChanges(from: pause, to: nil)
        holdings = [:]
        wantedRereads = []
        sightings = [:]
        claimed = [:]
        orphans = [:]
        view = nil
        confirmedAt = nil
        return changes
    }

    /// This replica has given everything back and is no member any more: what it knew of others grows old now.
    mutating func left() {
        _ = revokeAll()
    }

    /// What to say next.
    mutating func next(now: ContinuousClock.Instant) -> Heartbeat {
        var beat = Heartbeat(member: member)
        beat.releases = holdings.sorted { $0.key < $1.key }.filter { $0.value.phase == .releasing }
            .map { .init(partition: $0.key, lease: $0.value.lease) }
        guard let view else { return beat }
        beat.incarnation = view.incarnation
        if !view.isStable, let incarnationSince, now >= incarnationSince + timing.silence {
            beat.confirmsIncarnation = true
        }
        beat.rereads = wantedRereads.sorted().compactMap { partition in
            holdings[partition].map { .init(partition: partition, lease: $0.lease) }
        }
        let silent = Set(view.members.keys.filter { isSilent($0, view, now) })
        beat.departures = silent.sorted().compactMap { name in
            view.members[name].map { .init(member: name, beat: $0) }
        }
        guard view.isStable, !isDrained else { return beat }
        claimed = [:]
        let target = shares(view, silent: silent)[member] ?? 0
        var room = target - holdings.values.count { $0.phase == .held }
        // Each begins elsewhere, so that two newcomers do not ask for the same.
        let members = view.members.keys.sorted()
        let begin = (members.firstIndex(of: member) ?? 0) * partitions / max(members.count, 1)
        for offset in 0..<partitions where room > 0 {
            let partition = (begin + offset) % partitions
            guard holdings[partition] == nil, let (claim, cause) = claim(partition, view, silent) else { continue }
            beat.claims.append(claim)
            let owner = view.leases[partition]?.owner.map(String.init)
            let since = claim.beat == nil ? orphans[partition] : owner.flatMap { sightings[$0]?.since }
            claimed[partition] = (cause, since)
            room -= 1
        }
        return beat
    }

    /// Takes a heartbeat's answer. Answers come in the order in which the heartbeats were sent.
    ///
    /// - Parameters:
    ///   - isConfirmed: whether the server that answered was known to be the primary after the heartbeat was sent. An unconfirmed renewal
    ///     extends nothing.
    ///   - sentAt: from before the heartbeat left.
    ///   - receivedAt: from after the answer came.
    mutating func answered(
        _ new: GroupView,
        sentAt: ContinuousClock.Instant,
        receivedAt: ContinuousClock.Instant,
        isConfirmed: Bool = true
    ) -> [AssignmentChange] {
        var changes: [AssignmentChange] = []
        learn(groupLease: new.leaseTime)
        let isSameIncarnation = view?.incarnation == new.incarnation
        if !isSameIncarnation {
            if view != nil { changes.append(.incarnationChanged) }
            incarnationSince = receivedAt
            // Beats may have been rolled back and be given again.
            sightings = [:]
        }
        findOrphans(new, now: receivedAt)
        for (name, beat) in new.members where sightings[name]?.beat != beat {
            sightings[name] = HeartbeatObservation(beat: beat, since: receivedAt)
        }
        sightings = sightings.filter { new.members[$0.key] != nil }
        // Redis that went back in time may give a lease back that another replica had got since. That cannot have been while the lease was
        // still good by this replica's own clock.
        let isGood = isSameIncarnation || confirmedAt.map { receivedAt < $0 + timing.held - timing.margin } ?? false
        let before = holdings.sorted { $0.key < $1.key }
        for (partition, holding) in before {
            if isGood, let lease = new.leases[partition], lease.text == holding.lease {
                if !isSameIncarnation { changes.append(renew(partition, lease)) }
                continue
            }
            if isSameIncarnation, wantedRereads.contains(partition), let lease = new.leases[partition],
                lease.owner.map(String.init) == member
            {
                changes.append(renew(partition, lease))
                continue
            }
            wantedRereads.remove(partition)
            holdings[partition] = nil
            let isOurs = holding.phase == .releasing && new.leases[partition].map { $0.owner == nil } ?? false
            changes.append(isOurs ? .released(partition: partition) : .lost(partition: partition))
        }
        // A lease that says that it is ours and that we do not know of was claimed by us, and the answer got lost. After Redis went
        // back in time it proves nothing before that incarnation is stable: it may be older than its successor.
        if new.isStable && (isSameIncarnation || view == nil) {
            for (partition, lease) in new.leases.sorted(by: { $0.key < $1.key }) {
                guard holdings[partition] == nil, let owner = lease.owner, owner == member else { continue }
                tenures += 1
                holdings[partition] = Holding(tenure: tenures, lease: lease.text)
                let (cause, since) = claimed[partition] ?? (.crash, nil)
                let after = since.map { receivedAt - $0 }
                changes.append(.gained(partition: partition, tenure: tenures, cause: cause, after: after))
            }
        }
        claimed = [:]
        changes += pauseChanges(from: view?.pause, to: new.pause)
        view = new
        if isConfirmed { (confirmedAt, confirmedIncarnation) = (sentAt, new.incarnation) }
        return changes + drainSurplus(new, now: receivedAt)
    }

    /// Begins a new tenure of a partition that is still owned.
    private mutating func renew(_ partition: Int, _ lease: GroupView.Lease) -> AssignmentChange {
        tenures += 1
        wantedRereads.remove(partition)
        let phase = holdings[partition]?.phase ?? .held
        holdings[partition] = Holding(tenure: tenures, lease: lease.text, phase: phase)
        return .reread(partition: partition, tenure: tenures)
    }

    /// Before sightings of members that are gone are forgotten.
    private mutating func findOrphans(_ new: GroupView, now: ContinuousClock.Instant) {
        for (partition, lease) in new.leases {
            let owner = lease.owner.map(String.init)
            if let owner, new.members[owner] != nil {
                orphans[partition] = nil
            } else if orphans[partition] == nil {
                orphans[partition] = owner.flatMap { sightings[$0]?.since } ?? now
            }
        }
    }

    private func pauseChanges(from old: Pause?, to new: Pause?) -> [AssignmentChange] {
        switch (old, new) {
        case (nil, let new?): [.paused(new)]
        case (let old?, nil): [.resumed(old)]
        default: []
        }
    }

    private mutating func drainSurplus(_ view: GroupView, now: ContinuousClock.Instant) -> [AssignmentChange] {
        // Nobody could take what is given up now.
        guard view.isStable else { return [] }
        let silent = Set(view.members.keys.filter { isSilent($0, view, now) })
        var target = shares(view, silent: silent)[member] ?? partitions
        let live = view.members.keys.filter { !silent.contains($0) }
        // While others still move, it is not settled who keeps one more when not all can have the same.
        if isDrained {
            target = 0
        } else if isMoving(view, live) {
            target = max(target, (partitions + live.count - 1) / max(live.count, 1))
        }
        let held = holdings.filter { $0.value.phase == .held }.keys.sorted()
        return held.suffix(max(0, held.count - target)).map { partition in
            holdings[partition]?.phase = .draining
            return .draining(partition: partition)
        }
    }

    /// Whether some partition has no live owner, or some member has more than anybody should.
    private func isMoving(_ view: GroupView, _ live: [String]) -> Bool {
        var counts = Dictionary(uniqueKeysWithValues: live.map { ($0, 0) })
        for lease in view.leases.values {
            guard let owner = lease.owner.map(String.init), let count = counts[owner] else { return true }
            counts[owner] = count + 1
        }
        let most = (partitions + live.count - 1) / max(live.count, 1)
        return view.leases.count < partitions || counts.values.contains { $0 > most }
    }

    /// How many partitions each live member should have. What cannot be divided evenly stays with those who have the most, so that nothing
    /// moves without need.
    private func shares(_ view: GroupView, silent: Set<String>) -> [String: Int] {
        let live = view.members.keys.filter { !silent.contains($0) }
        guard !live.isEmpty else { return [:] }
        var counts = Dictionary(uniqueKeysWithValues: live.map { ($0, 0) })
        for lease in view.leases.values {
            if let owner = lease.owner.map(String.init), counts[owner] != nil { counts[owner, default: 0] += 1 }
        }
        let order = live.sorted { a, b in
            let (first, second) = (counts[a] ?? 0, counts[b] ?? 0)
            return first == second ? a < b : first > second
        }
        let (share, rest) = partitions.quotientAndRemainder(dividingBy: live.count)
        return Dictionary(
            uniqueKeysWithValues: order.enumerated().map { index, name in (name, share + (index < rest ? 1 : 0)) }
        )
    }

    private func claim(
        _ partition: Int,
        _ view: GroupView,
        _ silent: Set<String>
    ) -> (Heartbeat.Claim, TakeoverCause)? {
        guard let lease = view.leases[partition] else {
            return (.init(partition: partition, seen: "", beat: nil), .first)
        }
        guard let owner = lease.owner.map(String.init) else {
            return (.init(partition: partition, seen: lease.text, beat: nil), .release)
        }
        // An owner that is no member was removed by somebody who saw it silent for a whole lease time.
        guard let beat = view.members[owner] else {
            return (.init(partition: partition, seen: lease.text, beat: nil), .crash)
        }
        guard silent.contains(owner) else { return nil }
        return (.init(partition: partition, seen: lease.text, beat: beat), .crash)
    }

    private func isSilent(_ name: String, _ view: GroupView, _ now: ContinuousClock.Instant) -> Bool {
        guard name != member, let sighting = sightings[name], sighting.beat == view.members[name] else { return false }
        return now - sighting.since >= timing.silence
    }
}
