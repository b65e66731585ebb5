import Synchronization
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Seats for listeners")
struct ListenerSeatsTests {
    @Test("When all are taken, the one that waits longest for its listener is lost, else the one that is taken longest")
    func order() {
        var order = SeatOrder(limit: 3)
        let first = order.take().number, second = order.take().number, third = order.take().number
        for number in [first, second, third] {
            order.beginWrite(number)
            order.endWrite(number)
        }
        order.beginWrite(third)
        order.beginWrite(second)
        let fourth = order.take()
        #expect(fourth.lost == third && order.count == 3)
        #expect(order.take().lost == second)
        // Nobody is slow now.
        let sixth = order.take()
        #expect(sixth.lost == first && order.take().lost == fourth.number)
        order.leave(sixth.number)
        #expect(order.take().lost == nil && order.count == 3)
    }

    @Test("A new listener always gets a seat, and the one that loses its own is told")
    func neverRefused() {
        let seats = SubscriberLimit()
        let lost = Mutex<[Int]>([])
        var taken = (0..<SubscriberLimit.limit).map { number in seats.take { lost.withLock { $0.append(number) } } }
        #expect(lost.withLock { $0.isEmpty })
        taken.append(seats.take {})
        taken.append(seats.take {})
        #expect(lost.withLock { $0 } == [0, 1])
        // Those that lost theirs may leave late: nobody else loses one for it.
        taken.removeFirst(2)
        taken.removeLast()
        taken.append(seats.take {})
        #expect(lost.withLock { $0.count } == 2)
        withExtendedLifetime(taken) {}
    }
}
