import Testing

@testable import Bridge

@Suite("The history of the last minutes")
struct StatusHistoryTests {
    @Test("The oldest samples make room: ten minutes are kept")
    func bounded() {
        var history = StatusHistory()
        #expect(history.latest == nil)
        for second in 0..<1000 { history.append(.init(at: Double(second))) }
        #expect(history.samples.count == StatusHistory.capacity)
        #expect(history.samples.first?.at == 700 && history.latest?.at == 999)
        #expect(StatusHistory.interval * StatusHistory.capacity == .seconds(600))
    }
}
