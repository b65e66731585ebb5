import Synchronization

/// Counts reads of a single entry that were too large for one answer, one after another. The answer's size is known only when it comes.
final class OversizedReads: Sendable {
    /// After so many, the entry is given up by its ID.
    static let most = 3

    private let failures = Atomic(0)

    /// A read was answered.
    func read() { failures.store(0, ordering: .relaxed) }

    /// A read of one entry was too large.
    /// - Returns: whether the entry is given up.
    func failed() -> Bool {
        guard failures.add(1, ordering: .relaxed).newValue >= Self.most else { return false }
        failures.store(0, ordering: .relaxed)
        return true
    }
}
