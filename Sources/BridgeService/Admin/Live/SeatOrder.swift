/// Who sits, and who is the slowest of them. A value: what listeners take and leave goes in, whose seat is needed comes out.
struct SeatOrder: Sendable {
    private struct Sitter {
        var since: Int
        /// When the write began that has not ended.
        var waitsSince: Int?
    }

    let limit: Int
    private var sitters: [Int: Sitter] = [:]
    /// Counts what happens: the time of this type.
    private var now = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { sitters.count }

    /// - Returns: the number of the new seat, and of the one that is lost for it when all are taken: the seat of the listener that has
    ///   taken nothing for the longest, or, when all take what they are given, of the one that has listened for the longest.
    mutating func take() -> (number: Int, lost: Int?) {
        now += 1
        let lost = sitters.count >= limit ? slowest : nil
        if let lost { sitters[lost] = nil }
        sitters[now] = Sitter(since: now)
        return (now, lost)
    }

    mutating func leave(_ number: Int) { sitters[number] = nil }

    mutating func beginWrite(_ number: Int) {
        now += 1
        sitters[number]?.waitsSince = now
    }

    mutating func endWrite(_ number: Int) { sitters[number]?.waitsSince = nil }

    private var slowest: Int? {
        let waiting = sitters.filter { $0.value.waitsSince != nil }
        let slow = waiting.min { ($0.value.waitsSince ?? 0) < ($1.value.waitsSince ?? 0) }
        return (slow ?? sitters.min { $0.value.since < $1.value.since })?.key
    }
}
