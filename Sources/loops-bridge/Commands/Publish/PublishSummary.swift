import Bridge

/// What came of publishing.
struct PublishSummary {
    /// The most faults that are named, and the most events with a fate of their own.
    static let maxFaults = 20

    var published = 0
    private(set) var refused = 0
    private(set) var firstFaults: [String] = []
    private(set) var ignored = 0
    private(set) var deadLettered = 0
    private(set) var looked = 0
    private(set) var firstFates: [String] = []

    mutating func refuse(_ fault: String) {
        refused += 1
        if firstFaults.count < Self.maxFaults { firstFaults.append(fault) }
    }

    /// Takes in what a bridge would make of an event.
    /// - Parameter place: where it stands: `line 3`.
    mutating func count(_ fate: EntryPreview.Fate, of place: String) {
        looked += 1
        switch fate {
        case .delivered: return
        case .ignored(let why):
            ignored += 1
            note("\(place) would be ignored: \(why)")
        case .deadLettered(let why):
            deadLettered += 1
            note("\(place) would be dead-lettered: \(why)")
        }
    }

    /// What becomes of an event, for `--check`.
    static func words(_ fate: EntryPreview.Fate) -> String {
        switch fate {
        case .delivered(let requests): requests.map(\.description).joined(separator: "; ")
        case .ignored(let why): "ignored: \(why)"
        case .deadLettered(let why): "dead letter: \(why)"
        }
    }

    private mutating func note(_ text: String) {
        if firstFates.count < Self.maxFaults { firstFates.append(text) }
    }

    /// What is told of lines and events, a line each, with how many more there are.
    var notes: [String] {
        let more = (refused - firstFaults.count) + (ignored + deadLettered - firstFates.count)
        return firstFaults + firstFates + (more > 0 ? ["… and \(more) more"] : [])
    }

    /// What a bridge would make of what was published; nil when it would deliver all.
    var fates: String? {
        if ignored + deadLettered == 0 { return nil }
        return "of these a bridge with these settings would ignore \(ignored) and dead-letter \(deadLettered)"
    }

    /// The last line of `--check`.
    var verdict: String {
        let delivered = looked - ignored - deadLettered
        return "nothing was added; of \(looked) events \(delivered) would be delivered, \(ignored) ignored and "
            + "\(deadLettered) dead-lettered, and \(refused) lines left out"
    }
}
