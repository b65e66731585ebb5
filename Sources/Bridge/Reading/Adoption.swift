import Logging
import RedisStreams
import Segment
import StreamGroups

/// Puts pending entries of other programs' consumers into the partitions of their contacts: the I/O around the adopt script.
struct Adoption: Sendable {
    /// Entries that one call looks at.
    private static let batch = 64

    let state: StreamState
    let rule: String
    let metrics: StreamMetrics
    let logger: Logger

    /// Adopts until nothing is left. Repeating it after a failure does no harm: what was adopted is in its partition.
    /// - Throws: ``GroupError`` or `RedisError`.
    func run(decoder: EntryDecoder) async throws {
        let stream = state.keys.stream
        logger.notice("Adopting pending entries of another consumer", metadata: ["stream": "\(stream)"])
        // Also when an answer got lost: what was put into partitions by then is looked for.
        defer { state.rewind() }
        var after: StreamID? = .zero
        var (moved, late) = (0, 0)
        while let cursor = after {
            let incarnation = state.incarnation
            let found = try await state.group.foreign(after: cursor, count: Self.batch)
            let entries = try await state.group.entries(found.ids, in: incarnation)
            let placed = zip(found.ids, entries).map { id, entry in
                let partition = entry.map {
                    PartitionRule.partition(
                        of: decoder.decode($0).contactKey,
                        id: id,
                        partitions: state.partitions
                    )
                }
                return (id: id, partition: partition)
            }
            after = found.next
            let answer = try await state.group.run(
                AdoptScript(incarnation: incarnation, rule: rule, isLast: after == nil, entries: placed)
            )
            moved += answer.moved
            late += answer.late
            if answer.gone > 0 { reportGone(answer.gone) }
        }
        logger.notice(
            "Adopted the pending entries of another consumer",
            metadata: ["stream": "\(stream)", "count": "\(moved)"]
        )
        guard late > 0 else { return }
        metrics.outOfOrder(late)
        logger.error(
            "Another program held entries until later ones of their partitions had been routed; they are delivered out of order",
            metadata: ["stream": "\(stream)", "count": "\(late)"]
        )
    }

    private func reportGone(_ count: Int) {
        metrics.lostUnread(count)
        logger.error(
            "Entries were trimmed before they were read; events lost",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
        )
    }
}
