import Synchronization

/// How many may listen to live events at once.
final class ListenerSeats: Sendable {
    static let limit = 32

    /// A taken seat; free again when nobody holds it any more, whatever became of the request.
    final class Seat: Sendable {
        private let seats: ListenerSeats

        fileprivate init(_ seats: ListenerSeats) {
            self.seats = seats
        }

        deinit { seats.taken.withLock { $0 -= 1 } }
    }

    private let taken = Mutex(0)

    /// - Returns: nil when all are taken.
    func take() -> Seat? {
        let isFree = taken.withLock { taken in
            if taken >= Self.limit { return false }
            taken += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }
}
