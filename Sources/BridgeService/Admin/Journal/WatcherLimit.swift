import Synchronization

/// How many watch the journal at the same time. A further one is refused and may come again.
final class WatcherLimit: Sendable {
    static let limit = 16

    /// A taken seat; free again when nobody holds it any more, whatever became of the request.
    final class Seat: Sendable {
        private let seats: WatcherLimit

        fileprivate init(_ seats: WatcherLimit) { self.seats = seats }

        deinit { seats.taken.withLock { $0 -= 1 } }
    }

    private let taken = Mutex(0)

    /// - Returns: nil when all are taken.
    func take() -> Seat? {
        let isFree = taken.withLock { taken in
            guard taken < Self.limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }
}
