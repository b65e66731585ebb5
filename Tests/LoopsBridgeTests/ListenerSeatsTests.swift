import Testing

@testable import loops_bridge

@Suite("Seats for listeners")
struct ListenerSeatsTests {
    @Test("There are as many as the limit, and one is free again when nobody holds it")
    func limited() {
        let seats = ListenerSeats()
        var taken = (0..<ListenerSeats.limit).compactMap { _ in seats.take() }
        #expect(taken.count == ListenerSeats.limit)
        #expect(seats.take() == nil)
        taken.removeLast()
        let again = seats.take()
        #expect(again != nil)
        #expect(seats.take() == nil)
        withExtendedLifetime((taken, again)) {}
    }
}
