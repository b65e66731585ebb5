/// Whose turn it is among streams: each gets starts in proportion to its weight, as long as it has something to start.
///
/// A value (stride scheduling). Invariant, a test: between two turns of a stream that always has something to start, every other stream gets at
/// most ⌈its weight ÷ this one's⌉ + 1 turns.
struct StrideScheduler: Sendable {
    private let weights: [Int]
    /// Where each stream is on the common way; the one that is least far comes next.
    private var passes: [Int: Double] = [:]
    private var now = 0.0

    /// - Parameter weights: by the stream's place in the configuration; 1 where none is given.
    init(weights: [Int]) {
        self.weights = weights
    }

    /// - Parameter candidates: streams that have something to start.
    func next(_ candidates: some Sequence<Int>) -> Int? { candidates.min { place(of: $0) < place(of: $1) } }

    /// A request of the stream was started.
    mutating func took(_ stream: Int) {
        now = place(of: stream)
        passes[stream] = now + 1 / Double(max(1, weights.indices.contains(stream) ? weights[stream] : 1))
    }

    /// Whoever had nothing to start for a while comes in where the others are, and has saved nothing up.
    private func place(of stream: Int) -> Double { max(passes[stream] ?? 0, now) }
}
