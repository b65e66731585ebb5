package import Segment

/// How many of the last events were none of Segment's. A value: the time comes in.
struct RecognitionShare: Sendable {
    /// What is counted together; the last two of these are looked at.
    static let window: Duration = .seconds(300)
    /// A larger part of the events is worth a word.
    static let worrying = 0.03
    /// Fewer are not.
    static let fewest = 5

    private struct Window {
        var began: ContinuousClock.Instant
        var events = 0
        var looks: [EntryLook: Int] = [:]
        /// The newest entry of each look.
        var examples: [EntryLook: String] = [:]

        var unrecognized: Int { looks.values.reduce(0, +) }
    }

    private var current: Window
    private var previous: Window?

    init(now: ContinuousClock.Instant) { current = Window(began: now) }

    /// - Parameters:
    ///   - looks: of the events that were none of Segment's; `events` counts them too.
    ///   - example: the entry.
    mutating func count(events: Int, looks: [EntryLook], example: String, now: ContinuousClock.Instant) {
        advance(to: now)
        current.events += events
        for look in looks {
            current.looks[look, default: 0] += 1
            current.examples[look] = example
        }
    }

    /// Nil while there are few of them.
    mutating func summary(now: ContinuousClock.Instant) -> UnrecognizedEvents? {
        advance(to: now)
        let windows = [current, previous].compactMap(\.self)
        let events = windows.reduce(0) { $0 + $1.events }
        let unrecognized = windows.reduce(0) { $0 + $1.unrecognized }
        guard unrecognized >= Self.fewest, Double(unrecognized) > Self.worrying * Double(events) else { return nil }
        func count(_ look: EntryLook) -> Int { windows.reduce(0) { $0 + ($1.looks[look] ?? 0) } }
        guard let look = EntryLook.allCases.max(by: { count($0) < count($1) }) else { return nil }
        return UnrecognizedEvents(
            events: events,
            unrecognized: unrecognized,
            look: look,
            example: windows.lazy.compactMap { $0.examples[look] }.first ?? ""
        )
    }

    private mutating func advance(to now: ContinuousClock.Instant) {
        guard now - current.began >= Self.window else { return }
        previous = now - current.began < Self.window * 2 ? current : nil
        current = Window(began: now)
    }
}

/// So many of the last events were none of Segment's that somebody should look.
package struct UnrecognizedEvents: Sendable, Equatable {
    package var events: Int
    package var unrecognized: Int
    /// What most of them look like.
    package var look: EntryLook
    /// Stream and ID of one of those.
    package var example: String
}
