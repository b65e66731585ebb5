import Synchronization

/// The seats of those who listen to live events. Nobody is turned away: when all are taken, the slowest listener loses its seat.
final class SubscriberLimit: Sendable {
    static let limit = 32

    /// A taken seat; free again when nobody holds it any more, whatever became of the request.
    final class Seat: Sendable {
        private let seats: SubscriberLimit
        private let number: Int

        fileprivate init(_ seats: SubscriberLimit, _ number: Int) {
            self.seats = seats
            self.number = number
        }

        deinit { seats.leave(number) }

        /// Something is written to the listener. How long it takes until that has ended says how slow it is.
        func beginWrite() { seats.state.withLock { $0.order.beginWrite(number) } }

        func endWrite() { seats.state.withLock { $0.order.endWrite(number) } }
    }

    private struct State {
        var order = SeatOrder(limit: SubscriberLimit.limit)
        var onLoss: [Int: @Sendable () -> Void] = [:]
    }
    private let state = Mutex(State())

    /// - Parameter onLoss: called when another listener gets this seat.
    func take(onLoss: @escaping @Sendable () -> Void) -> Seat {
        let (number, lost) = state.withLock { state in
            let (number, slowest) = state.order.take()
            let lost = slowest.flatMap { state.onLoss.removeValue(forKey: $0) }
            state.onLoss[number] = onLoss
            return (number, lost)
        }
        lost?()
        return Seat(self, number)
    }

    private func leave(_ number: Int) {
        state.withLock { state in
            state.order.leave(number)
            state.onLoss[number] = nil
        }
    }
}
