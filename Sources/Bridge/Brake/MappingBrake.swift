import StreamGroups

/// Pauses a stream whose events a change of the mappings turns into dead letters, so that good events never fill the dead-letter stream.
///
/// A value: mappings, plans, completions and the pause in Redis go in; what to do in Redis comes out. Invariants, each a test:
/// - from the moment of a stop, no dead letter of the stopped mapping is written: its entries stay pending, and what comes behind them in their
///   partitions, and are planned anew after the pause by the mappings in force then;
/// - nothing starts from the stop until Redis has said what became of its pause;
/// - a mapping that a person has accepted never stops the stream again.
struct MappingBrake: Sendable {
    /// A mapping in force, by name; those that share a name are one.
    struct Version: Sendable, Equatable {
        let name: String
        let digest: String
    }

    /// What is to be done in Redis.
    enum Request: Sendable, Equatable {
        case pause(Pause)
        /// The mappings from before are back: the brake's own pause ends.
        case release(Pause)
        /// The brake's pause has ended: was it a person?
        case askAcceptance(Pause)
    }

    private enum Phase: Sendable, Equatable {
        case released
        /// Stopped here; Redis is to be told.
        case stopped(Pause)
        /// A brake's pause holds, this replica's or another's.
        case paused(Pause)
        case ended(Pause)
    }

    let isOn: Bool
    private var phase = Phase.released
    private var trials: [String: MappingTrial] = [:]
    private var load = 0
    /// The loads of mappings whose dead letters are not written.
    private var stops: [String: Int] = [:]
    /// Partition to the tenure that an entry stayed pending in: nothing behind it is acknowledged.
    private var heldTenures: [Int: Int] = [:]
    private var ledger: [String: MappingRecord]?
    /// The pause that the last heartbeat found.
    private var pauseInForce: Pause?
    /// Whether this replica's mappings have changed since it last saw the stream run. A replica that never had the changed ones ends no pause:
    /// in a rollout that stands still, it would end the pause of the others again and again.
    private var mayRelease = false

    init(isOn: Bool) {
        self.isOn = isOn
    }

    /// Whether nothing is known yet of the mappings before these: no mapping is on trial until it is.
    var needsLedger: Bool { isOn && ledger == nil }
    /// Whether nothing starts.
    var isEngaged: Bool { phase != .released }

    // MARK: Mappings

    /// - Parameter load: counts the loads; what was planned by another one is not counted.
    mutating func use(_ versions: [Version], load: Int) {
        self.load = load
        mayRelease = true
        var next: [String: MappingTrial] = [:]
        for version in versions {
            if let trial = trials[version.name] {
                next[version.name] = trial.followed(by: version.digest)
            } else {
                next[version.name] = first(version)
            }
        }
        trials = next
    }

    /// What the group remembers of its mappings; empty for a group that never had any.
    mutating func learn(_ records: [MappingRecord]) {
        guard ledger == nil else { return }
        ledger = Dictionary(records.map { ($0.name, $0) }) { $1 }
        for (name, trial) in trials where trial.state != .failed {
            trials[name] = first(Version(name: name, digest: trial.digest))
        }
    }

    /// Without a ledger, or with an empty one, there is nothing that was changed.
    private func first(_ version: Version) -> MappingTrial {
        guard let ledger, !ledger.isEmpty else { return MappingTrial(digest: version.digest, state: .settled) }
        guard let record = ledger[version.name] else { return MappingTrial(digest: version.digest, state: .onTrial) }
        let settled = MappingTrial(settled: record)
        return record.digest == version.digest ? settled : settled.followed(by: version.digest)
    }

    // MARK: Events

    mutating func planned(_ entry: PlannedEntry) {
        guard isOn, entry.mappingsLoad == load else { return }
        for step in entry.steps { _ = trials[step.mapping]?.plan(failed: false) }
        for name in entry.faults.compactMap(\.mapping) where trials[name]?.plan(failed: true) == true { stop(name) }
    }

    /// - Returns: whether its acknowledgement, or its dead letter, may be written.
    mutating func completed(_ completion: EntryCompletion) -> Bool {
        guard isOn else { return true }
        count(completion)
        if heldTenures[completion.partition] == completion.tenure { return false }
        guard case .deadLettered(let faults) = completion.kind,
            faults.contains(where: { fault in fault.mapping.map { stops[$0] == completion.mappingsLoad } ?? false })
        else { return true }
        heldTenures[completion.partition] = completion.tenure
        return false
    }

    private mutating func count(_ completion: EntryCompletion) {
        guard completion.mappingsLoad == load else { return }
        for outcome in completion.mappings where outcome.hadRequest {
            let isFailed = outcome.kind == .deadLettered
            if trials[outcome.mapping]?.complete(failed: isFailed) == true { stop(outcome.mapping) }
        }
    }

    private mutating func stop(_ name: String) {
        stops[name] = load
        guard phase == .released, let trial = trials[name] else { return }
        phase = .stopped(Pause(by: Pause.brakeName, reason: Self.reason(name, trial), brake: trial.brake(name)))
    }

    private static func reason(_ name: String, _ trial: MappingTrial) -> String {
        let count = trial.count
        let before = trial.previous.map { "; of the last \($0.count.events) before that: \($0.count.failed)" } ?? ""
        return """
            Mapping \(name.prefix(100)): \(count.failed) of \(count.events) events since it was changed would be dead letters\(before). Put the \
            old mappings back, or resume to accept these.
            """
    }

    // MARK: Redis

    /// A heartbeat has found this pause, or none.
    mutating func saw(_ pause: Pause?) {
        pauseInForce = pause
        guard isOn else { return }
        if pause == nil, phase == .released { mayRelease = false }
        if let pause, pause.brake != nil {
            phase = .paused(pause)
        } else if case .paused(let ended) = phase {
            phase = .ended(ended)
        }
    }

    /// What to do next; nil when there is nothing.
    var request: Request? {
        switch phase {
        case .released: nil
        // Another pause stops the stream as well; the brake's follows it.
        case .stopped(let pause): pauseInForce == nil ? .pause(pause) : nil
        case .paused(let pause): isCauseGone(pause) ? .release(pause) : nil
        case .ended(let pause): .askAcceptance(pause)
        }
    }

    private func isCauseGone(_ pause: Pause) -> Bool {
        guard mayRelease, let brake = pause.brake else { return false }
        return trials[brake.mapping]?.digest == brake.previous
    }

    /// The pause has ended.
    /// - Parameter accepted: the last pause that a person ended.
    mutating func ended(_ pause: Pause, accepted: Pause?) {
        guard phase == .ended(pause) else { return }
        phase = .released
        guard let brake = pause.brake, accepted == pause, let trial = trials[brake.mapping] else { return }
        guard trial.digest == brake.digest else { return }
        trials[brake.mapping]?.accept()
        stops[brake.mapping] = nil
    }

    /// What the ledger should have.
    var unrecorded: [MappingRecord] {
        guard isOn, ledger != nil else { return [] }
        let settled = trials.filter { $0.value.state == .settled }
        guard settled.contains(where: \.value.isUnrecorded) else { return [] }
        // Where the others go, all of these are written.
        return settled.filter { hasManyRecords || $0.value.isUnrecorded }.map { name, trial in
            let count = trial.count
            return MappingRecord(name: name, digest: trial.digest, events: count.events, failed: count.failed)
        }
    }

    /// Whether the ledger holds more names than it should.
    var hasManyRecords: Bool { (ledger?.count ?? 0) > MappingLedger.recordsMax }

    mutating func recorded(_ records: [MappingRecord]) {
        if hasManyRecords { ledger = [:] }
        for record in records {
            trials[record.name]?.recorded()
            ledger?[record.name] = record
        }
    }
}

extension MappingTrial {
    fileprivate func brake(_ name: String) -> Pause.Brake {
        Pause.Brake(mapping: name, digest: digest, previous: previous?.digest)
    }
}
