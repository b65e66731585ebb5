import RedisStreams

/// Finds entries that are pending and that nobody reads: a net under all that tells a reader where something waits. Such an entry would
/// otherwise wait until the next one comes to its partition, or another owner.
///
/// A value: looks at the group go in, advice to read everything again comes out. Reading again costs one call where there is nothing.
struct StalledEntryDetector: Sendable {
    /// Looks in a row at the same oldest pending entry, with nothing in hand, after which all is read again; and as many between one time and the next.
    static let looks = 5

    private var oldest: StreamID?
    private var count = 0

    /// - Parameters:
    ///   - oldest: the group's oldest pending entry; nil when none is pending.
    ///   - isIdle: whether this process has nothing in hand that could be it.
    /// - Returns: whether to read all partitions from their beginning.
    mutating func observe(oldest: StreamID?, isIdle: Bool) -> Bool {
        guard let oldest, isIdle, oldest == self.oldest else {
            self.oldest = isIdle ? oldest : nil
            count = 0
            return false
        }
        count += 1
        if count < Self.looks { return false }
        count = 0
        return true
    }
}
