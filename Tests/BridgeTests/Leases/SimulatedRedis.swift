@testable import Bridge
@testable import StreamGroups

/// What the heartbeat and leave scripts do, as a value: a copy is a snapshot. A test holds it and the scripts together.
struct SimulatedRedis {
    /// A rule of the scripts that a simulation leaves out, to show that it would be missed.
    enum Flaw: CaseIterable {
        /// An incarnation is told by its number, which comes again when Redis goes back in time twice.
        case incarnationsComeTwice
        /// Partitions may be acquired as soon as Redis is back.
        case nothingIsSettled
        /// A silent owner's partition is claimed although it has beaten in between.
        case beatsAreNotCompared
    }

    private(set) var leases: [Int: String] = [:]
    private(set) var members: [String: Int64] = [:]
    /// Of the server; another one when it was started anew or another server took over.
    var run = "run-0"
    var flaws: Set<Flaw> = []
    private var knownRun = "run-0"
    private var settledRun = "run-0"
    private var counter: Int64 = 1
    private var beat: Int64 = 0

    private var incarnation: String { flaws.contains(.incarnationsComeTwice) ? "\(counter)" : "\(counter) \(run)" }

    /// - Returns: the answer, and whether the others were rung.
    mutating func answer(_ heartbeat: Heartbeat) -> (view: GroupView, rings: Bool) {
        if knownRun != run {
            knownRun = run
            counter += 1
        }
        let isKnown = heartbeat.incarnation == incarnation
        if isKnown && heartbeat.confirmsIncarnation { settledRun = run }
        let isStable = settledRun == run || flaws.contains(.nothingIsSettled)
        var rings = members[heartbeat.member] == nil
        beat += 1
        members[heartbeat.member] = beat
        for release in heartbeat.releases where leases[release.partition] == release.lease {
            free(release.partition)
            rings = true
        }
        for reread in heartbeat.rereads where leases[reread.partition] == reread.lease {
            let lease = GroupView.Lease(text: reread.lease)
            leases[reread.partition] = "\(lease.epoch + 1) \(heartbeat.member)"
        }
        for claim in heartbeat.claims where isKnown && isStable {
            let lease = GroupView.Lease(text: leases[claim.partition] ?? "")
            let ownersBeat = lease.owner.flatMap { members[String($0)] }
            guard lease.text == claim.seen, ownersBeat == claim.beat || flaws.contains(.beatsAreNotCompared) else {
                continue
            }
            leases[claim.partition] = "\(lease.epoch + 1) \(heartbeat.member)"
        }

        for departure in heartbeat.departures where isKnown && members[departure.member] == departure.beat {
            members[departure.member] = nil
            rings = true
        }
        let view = GroupView(
            incarnation: incarnation,
            isStable: isStable,
            leases: leases.mapValues { GroupView.Lease(text: $0) },
            members: members
        )
        return (view, rings)
    }

    mutating func leave(_ member: String, _ owned: [Heartbeat.Release]) {
        for release in owned where leases[release.partition] == release.lease { free(release.partition) }
        members[member] = nil
    }

    private mutating func free(_ partition: Int) {
        leases[partition] = leases[partition].map { "\(GroupView.Lease(text: $0).epoch) -" }
    }
}
