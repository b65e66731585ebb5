/// How many of the entries that ended in the last minutes were dead-lettered.
///
/// A value: ends and instants go in. Keeps two numbers for each ten seconds.
struct DeadLetterShare: Sendable {
    /// How far it looks back.
    static let window = Duration.seconds(300)
    private static let step = Duration.seconds(10)
    private static let steps = 30

    private struct Step: Sendable {
        var number: Int
        var ends = 0
        var letters = 0
    }
    private let origin: ContinuousClock.Instant
    private var list: [Step] = []

    init(origin: ContinuousClock.Instant) { self.origin = origin }

    mutating func count(ends: Int, letters: Int, now: ContinuousClock.Instant) {
        let number = Int((now - origin) / Self.step)
        if list.last?.number != number { list.append(Step(number: number)) }
        list[list.count - 1].ends += ends
        list[list.count - 1].letters += letters
        if list.count > Self.steps { list.removeFirst(list.count - Self.steps) }
    }

    /// Entries that ended within the window, and those of them that became dead letters.
    func recent(now: ContinuousClock.Instant) -> (ends: Int, letters: Int) {
        let first = Int((now - origin) / Self.step) - Self.steps + 1
        return list.reduce(into: (0, 0)) { sum, step in
            guard step.number >= first else { return }
            sum = (sum.0 + step.ends, sum.1 + step.letters)
        }
    }
}
