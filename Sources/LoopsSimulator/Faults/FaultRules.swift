import Support

/// The rules in force, with what they have counted.
package struct FaultRules: Sendable {
    package struct Entry: Sendable {
        package let id: Int
        package let rule: FaultRule
        package fileprivate(set) var matched = 0
        package fileprivate(set) var fired = 0
    }

    /// What strikes a request at one stage.
    package struct Strike: Sendable, Equatable {
        package var delayNanoseconds: Int64 = 0
        /// The first action that is not a delay and not a change of the answer.
        package var action: FaultAction?
        /// Changes of the answer, in order.
        package var changes: [FaultAction] = []
        /// Names of the rules that fired.
        package var names: [String] = []
    }

    package private(set) var entries: [Entry] = []
    private var nextID = 1
    private var random: SplitMix64

    package init(_ rules: [FaultRule] = [], seed: UInt64) {
        random = SplitMix64(seed: seed)
        for rule in rules { add(rule) }
    }

    @discardableResult
    package mutating func add(_ rule: FaultRule) -> Int {
        let id = nextID
        nextID += 1
        entries.append(Entry(id: id, rule: rule))
        return id
    }

    /// Takes a rule out; false when there was none with this number.
    package mutating func remove(id: Int) -> Bool {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries.remove(at: index)
        return true
    }

    package mutating func removeAll() {
        entries = []
    }

    /// Asks all rules of a stage about a request.
    ///
    /// - Parameter elapsed: milliseconds of simulated time since the start
    package mutating func strike(_ subject: FaultSubject, at stage: FaultStage, elapsed: Int64) -> Strike {
        var strike = Strike()
        for index in entries.indices where entries[index].rule.action.stage == stage {
            guard fires(index, subject, elapsed: elapsed, alreadyStruck: strike.action != nil) else { continue }
            let rule = entries[index].rule
            strike.names.append(rule.name)
            switch rule.action {
            case .delay(let delay, _):
                strike.delayNanoseconds += delay.nanoseconds(using: &random)
            case .truncate, .garbage, .trickle, .closeAfterResponse:
                strike.changes.append(rule.action)
            case .respond, .stall, .disconnect, .refuseConnections:
                strike.action = rule.action
            }
        }
        return strike
    }

    private mutating func fires(_ index: Int, _ subject: FaultSubject, elapsed: Int64, alreadyStruck: Bool) -> Bool {
        let rule = entries[index].rule
        if let from = rule.activeFromMilliseconds, elapsed < from { return false }
        if let until = rule.activeUntilMilliseconds, elapsed >= until { return false }
        guard rule.match.matches(subject) else { return false }
        entries[index].matched += 1
        if let nth = rule.nth, entries[index].matched != nth { return false }
        if let remaining = rule.remaining, entries[index].fired >= remaining { return false }
        if rule.probability < 1, Double.random(in: 0..<1, using: &random) >= rule.probability { return false }
        if alreadyStruck, rule.action.isTerminal { return false }
        entries[index].fired += 1
        return true
    }
}

extension FaultAction {
    /// Whether it decides the request's fate, so that only one of a stage can strike.
    var isTerminal: Bool {
        switch self {
        case .respond, .stall, .disconnect, .refuseConnections: true
        case .delay, .truncate, .garbage, .trickle, .closeAfterResponse: false
        }
    }
}

/// A text with `*` (any characters) and `?` (one).
struct GlobPattern: Sendable {
    private let pattern: [Unicode.Scalar]

    init(_ text: String) {
        pattern = Array(text.unicodeScalars)
    }

    func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var at = 0
        var position = 0
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == "*" {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}
