/// Measures what arrived, whatever limiter is in force: the judge of the budget.
package struct RequestRateObserver: Sendable {
    /// Upper bounds of the gap histogram in milliseconds; the last bucket has no bound.
    package static let gapBoundsMilliseconds: [Int64] = [
        1, 5, 10, 25, 50, 75, 90, 100, 110, 125, 150, 250, 500, 1_000, 5_000,
    ]
    static let timesMaximum = 1_000_000

    package private(set) var total: Int64 = 0
    package private(set) var accepted: Int64 = 0
    package private(set) var rejected: Int64 = 0
    /// Most requests in any half-open 1000 ms.
    package private(set) var mostInOneSecond = 0
    package private(set) var mostAcceptedInOneSecond = 0
    package private(set) var gapCounts = [Int64](repeating: 0, count: gapBoundsMilliseconds.count + 1)
    package private(set) var firstNanoseconds: Int64?
    package private(set) var lastNanoseconds: Int64?
    private var all = SlidingSecond()
    private var passed = SlidingSecond()

    package init() {}

    /// A request has arrived, whatever becomes of it.
    ///
    /// - Parameter now: monotonic nanoseconds
    package mutating func arrive(now: Int64) {
        total += 1
        if let lastNanoseconds {
            let gap = (now - lastNanoseconds) / 1_000_000
            let bucket = RequestRateObserver.gapBoundsMilliseconds.firstIndex { gap <= $0 } ?? gapCounts.count - 1
            gapCounts[bucket] += 1
        }
        firstNanoseconds = firstNanoseconds ?? now
        lastNanoseconds = now
        mostInOneSecond = max(mostInOneSecond, all.add(now))
    }

    /// The limiter in force has decided on a request.
    package mutating func decide(now: Int64, accepted isAccepted: Bool) {
        if isAccepted {
            accepted += 1
            mostAcceptedInOneSecond = max(mostAcceptedInOneSecond, passed.add(now))
        } else {
            rejected += 1
        }
    }
}

/// The times of the last 1000 ms.
private struct SlidingSecond: Sendable {
    private var times: [Int64] = []
    private var head = 0

    /// Adds a time and gives how many lie in the second that ends with it.
    mutating func add(_ now: Int64) -> Int {
        while head < times.count, times[head] <= now - 1_000_000_000 { head += 1 }
        if head > 4_096, head * 2 > times.count {
            times.removeFirst(head)
            head = 0
        }
        if times.count - head < RequestRateObserver.timesMaximum { times.append(now) }
        return times.count - head
    }
}
