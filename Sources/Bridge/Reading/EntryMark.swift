import RedisStreams

/// An entry that this process has ended, by ID and content: after a failover another entry may have the ID of one that was lost.
struct EntryMark: Hashable, Sendable {
    let id: StreamID
    /// Of names and values; differs from process to process.
    let fingerprint: Int

    init(_ entry: StreamEntry) {
        id = entry.id
        var hasher = Hasher()
        for field in entry.fields ?? [] {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
        fingerprint = hasher.finalize()
    }
}
