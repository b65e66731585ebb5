import RedisStreams
import StreamGroups

/// The entries of one stream that have failed in this process and wait, and what of that Redis does not know yet.
///
/// A value: failures and ends go in, what to write comes out. Bounded: beyond ``most`` entries further ones are not told of.
struct DeliveryErrors: Sendable {
    /// Entries that are told of at the most.
    static let most = 200

    struct Difference: Sendable, Equatable {
        var changed: [StreamID: DeliveryError] = [:]
        var removed: Set<StreamID> = []
        var isEmpty: Bool { changed.isEmpty && removed.isEmpty }
    }

    private var current: [StreamID: DeliveryError] = [:]
    private var changed: Set<StreamID> = []
    /// What Redis may hold of this process.
    private var published: Set<StreamID> = []

    var isEmpty: Bool { current.isEmpty && published.isEmpty }

    mutating func failed(_ id: StreamID, _ trouble: DeliveryError) {
        guard current[id] != nil || current.count < Self.most else { return }
        current[id] = trouble
        changed.insert(id)
    }

    /// The entry ended or was given up.
    mutating func ended(_ id: StreamID) {
        guard current.removeValue(forKey: id) != nil else { return }
        changed.remove(id)
    }

    /// What to write; it stays so until ``written(_:)``.
    var difference: Difference {
        Difference(
            changed: current.filter { changed.contains($0.key) },
            removed: published.filter { current[$0] == nil }
        )
    }

    /// The difference is about to be written: from now on Redis may hold it.
    mutating func writing(_ difference: Difference) { published.formUnion(difference.changed.keys) }

    /// Redis has it.
    mutating func written(_ difference: Difference) {
        for (id, trouble) in difference.changed where current[id] == trouble { changed.remove(id) }
        published.subtract(difference.removed.filter { current[$0] == nil })
    }

    /// Redis has lost it all.
    mutating func forgotten() {
        changed = Set(current.keys)
        published = []
    }
}
