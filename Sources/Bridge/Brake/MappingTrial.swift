import StreamGroups

/// How one mapping does since it was changed, beside how the one before it did.
///
/// A value. What a mapping refuses when events are planned and what Loops refuses later are counted apart: a refusal at planning is there at
/// once, and the requests of its neighbours wait for the rate limit.
struct MappingTrial: Sendable, Equatable {
    /// Events, and those of them that became dead letters by the mapping.
    struct Count: Sendable, Equatable {
        var events = 0
        var failed = 0

        /// A share of fewer events says nothing.
        static let eventsMin = 20
        /// Further back, what was counts half.
        static let eventsMax = 1000

        /// The part of the events that failed; 0 while there are too few to say.
        var share: Double { events < Self.eventsMin ? 0 : Double(failed) / Double(events) }

        mutating func add(failed isFailed: Bool) {
            if events == Self.eventsMax { (events, failed) = (events / 2, failed / 2) }
            events += 1
            if isFailed { failed += 1 }
        }
    }

    enum State: Sendable, Equatable {
        /// It was changed, and is compared with the one before.
        case onTrial
        /// It is what later ones are compared with.
        case settled
        /// It failed: none of its dead letters is written before a person has accepted it.
        case failed
    }

    /// After so many completed events without a jump, a trial has been passed.
    static let passedAfter = 200

    let digest: String
    /// The last settled one of that name; nil when there was none.
    private(set) var previous: (digest: String, count: Count)?
    private(set) var state: State
    /// At planning.
    private(set) var planned = Count()
    /// What got as far as a request.
    private(set) var completed = Count()
    /// Whether the ledger does not have what is settled.
    private(set) var isUnrecorded: Bool

    init(digest: String, state: State, previous: (digest: String, count: Count)? = nil) {
        self.digest = digest
        self.state = state
        self.previous = previous
        isUnrecorded = state == .settled
    }

    /// As the ledger has it.
    init(settled record: MappingRecord) {
        self.init(digest: record.digest, state: .settled)
        planned = Count(events: record.events, failed: min(record.failed, record.events))
        isUnrecorded = false
    }

    static func == (one: MappingTrial, other: MappingTrial) -> Bool {
        one.digest == other.digest && one.state == other.state && one.planned == other.planned
            && one.completed == other.completed && one.previous?.digest == other.previous?.digest
    }

    /// Of all its events.
    var count: Count { Count(events: planned.events, failed: min(planned.failed + completed.failed, planned.events)) }
    /// What the next of its name is compared with.
    var baseline: (digest: String, count: Count)? { state == .settled ? (digest, count) : previous }

    /// Another mapping takes its name.
    func followed(by digest: String) -> MappingTrial {
        if digest == self.digest { return self }
        if let previous, previous.digest == digest {
            var back = MappingTrial(digest: digest, state: .settled)
            back.planned = previous.count
            back.isUnrecorded = false
            return back
        }
        return MappingTrial(digest: digest, state: .onTrial, previous: baseline)
    }

    /// - Returns: whether the stream has to stop.
    mutating func plan(failed isFailed: Bool) -> Bool {
        planned.add(failed: isFailed)
        return judge(isFailed)
    }

    /// - Returns: whether the stream has to stop.
    mutating func complete(failed isFailed: Bool) -> Bool {
        completed.add(failed: isFailed)
        let stops = judge(isFailed)
        if state == .onTrial, completed.events >= Self.passedAfter { accept() }
        if state == .settled, completed.events % Self.passedAfter == 0 { isUnrecorded = true }
        return stops
    }

    /// A person, or its trial, has accepted it.
    mutating func accept() {
        state = .settled
        previous = nil
        isUnrecorded = true
    }

    mutating func recorded() { isUnrecorded = false }

    /// Of an event's chances to become a dead letter, both: at planning, and else at Loops.
    private var share: Double { planned.share + (1 - planned.share) * completed.share }
    /// Stops above this, if it was not a fifth of that before.
    private static let shareMax = 0.2
    private static let factor = 5.0

    private mutating func judge(_ isFailed: Bool) -> Bool {
        switch state {
        case .settled: return false
        // It has failed before, and nobody has accepted that.
        case .failed: return isFailed
        case .onTrial:
            let before = previous?.count.share ?? 0
            guard isFailed, share > Self.shareMax, share >= Self.factor * before else { return false }
            state = .failed
            return true
        }
    }
}
