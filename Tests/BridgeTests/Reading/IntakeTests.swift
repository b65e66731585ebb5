import RedisStreams
import Testing

@testable import Bridge

@Suite("Intake: what to read next, within bounds")
struct IntakeTests {
    private func intake(_ change: (inout IntakeLimits) -> Void = { _ in }) -> Intake {
        var limits = IntakeLimits()
        change(&limits)
        return Intake(partitions: 4, limits: limits)
    }

    @Test("Every partition is read from its beginning first")
    func readsHistoryFirst() {
        var intake = intake()
        let pulls = intake.pulls()
        #expect(Set(pulls.map(\.partition)) == [0, 1, 2, 3] || !pulls.isEmpty)
        #expect(pulls.allSatisfy { $0.after == .zero })
    }

    @Test("A partition that gave less than was asked has no more, until something is routed to it")
    func noMore() {
        var intake = intake()
        while let pull = intake.pulls().first { intake.pulled(pull, entries: 0, last: nil) }
        #expect(intake.pulls().isEmpty)
        intake.routed(to: [2], entries: 1, bytes: 100)
        #expect(intake.pulls().map(\.partition) == [2])
    }

    @Test("An entry in hand is recognised, one that has ended is to be acknowledged again")
    func recognises() {
        var intake = intake()
        #expect(intake.admit(.sample(1), partition: 0, bytes: 10) == .new)
        intake.rewind()
        #expect(intake.admit(.sample(1), partition: 0, bytes: 10) == .inHand)
        intake.ended(.sample(1), partition: 0, bytes: 10)
        #expect(intake.admit(.sample(1), partition: 0, bytes: 10) == .ended)
        #expect(intake.buffered == 0 && intake.bufferedBytes == 0)
    }

    @Test("A hot partition takes only its share of the room")
    func perPartitionLimit() {
        var intake = intake { $0.perPartition = 2 }
        for id in 1...2 { _ = intake.admit(.sample(UInt64(id)), partition: 1, bytes: 10) }
        #expect(!intake.pulls().contains { $0.partition == 1 })
        intake.ended(.sample(1), partition: 1, bytes: 10)
        #expect(intake.pulls().first { $0.partition == 1 }?.count == 1)
    }

    @Test("Nothing is read beyond the limit of entries or bytes")
    func totalLimits() {
        var byCount = intake { $0.buffered = 1 }
        _ = byCount.admit(.sample(1), partition: 0, bytes: 10)
        #expect(byCount.pulls().isEmpty && byCount.routeCount == 0)
        var byBytes = intake { $0.bytes = 100 }
        _ = byBytes.admit(.sample(1), partition: 0, bytes: 100)
        #expect(byBytes.pulls().isEmpty && byBytes.routeCount == 0)
    }

    @Test("Large entries make the next read small")
    func adaptsToSize() {
        var intake = intake { $0.bytes = .max }
        intake.routed(to: [], entries: 100, bytes: 45_000)
        for id in 0..<200 { _ = intake.admit(.sample(UInt64(id)), partition: 0, bytes: 450) }
        #expect(intake.routeCount == 100)
        _ = intake.admit(.sample(1000), partition: 0, bytes: 5_000_000)
        #expect(intake.routeCount == 1)
    }

    @Test("What is remembered is bounded")
    func rememberedIsBounded() {
        var set = RecentSet<Int>(capacity: 3)
        for value in 1...5 { set.insert(value) }
        #expect(set.count == 3)
        #expect(!set.contains(2) && set.contains(3) && set.contains(5))
    }
}
