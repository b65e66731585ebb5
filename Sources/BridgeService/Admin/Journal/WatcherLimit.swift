import Synchronization

/// How many do the same thing at the same time, such as to watch the journal. A further one is refused and may come again.
final class WatcherLimit: Sendable {
    static let limit = 16

    /// A taken seat; free again when nobody holds it any more, whatever became of the request.
    final class Seat: Sendable {
        private let seats: WatcherLimit

        fileprivate init(_ seats: WatcherLimit) { self.seats = seats }

        deinit { seats.taken.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let taken = Mutex(0)

    init(limit: Int = WatcherLimit.limit) { self.limit = limit }

    /// - Returns: nil when all are taken.
    func take() -> Seat? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }
}
