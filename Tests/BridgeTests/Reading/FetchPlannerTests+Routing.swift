import RedisStreams
import Testing

@testable import Bridge

/// What is routed, and what of it comes with the answer.
extension FetchPlannerTests {
    @Test("Entries come with a route's answer where a partition is owned, was read to its end, and has room")
    func caughtUpPartitions() {
        var fetchPlanner = fetchPlanner { $0.maxPerPartition = $0.callEntries + 2 }
        #expect(fetchPlanner.caughtUpPartitions.isEmpty, "its history comes first")
        while let pull = fetchPlanner.pulls().first { fetchPlanner.pulled(pull, entries: 0, last: nil) }
        fetchPlanner.routed(to: [], entries: 100, bytes: 45_000)
        for id in 1...200 as ClosedRange<UInt64> { admit(&fetchPlanner, id, 2, bytes: 450) }
        for id in 1...200 as ClosedRange<UInt64> { end(&fetchPlanner, id, 2, bytes: 450) }
        #expect(
            fetchPlanner.routeCount == fetchPlanner.limits.callEntries
                && fetchPlanner.caughtUpPartitions.map(\.partition) == [0, 1, 2, 3]
        )
        for id in 201...203 as ClosedRange<UInt64> { admit(&fetchPlanner, id, 1, bytes: 450) }
        #expect(fetchPlanner.caughtUpPartitions.map(\.partition) == [0, 2, 3])
        end(&fetchPlanner, 201, 1, bytes: 450)
        fetchPlanner.routed(to: [3], given: [(0, .sample(300))], entries: 2, bytes: 900)
        fetchPlanner.close(2)
        #expect(
            fetchPlanner.caughtUpPartitions == [
                .init(partition: 0, cursor: .sample(300)), .init(partition: 1, cursor: .zero),
            ]
        )
        fetchPlanner.routed(to: [0], entries: 1, bytes: 450)
        #expect(
            fetchPlanner.pulls().map(\.after).sorted() == [.zero, .sample(300)],
            "what was given is not read again"
        )
        fetchPlanner.rewind()
        #expect(fetchPlanner.caughtUpPartitions.isEmpty)
    }

    @Test("What was refused is not read to its end: others may have routed to it meanwhile")
    func refusedIsNotReadToEnd() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(1, tenure: 1)
        let pull = fetchPlanner.pulls()[0]
        fetchPlanner.refused(pull)
        #expect(fetchPlanner.caughtUpPartitions.isEmpty)
        fetchPlanner.pulled(pull, entries: 0, last: nil)
        #expect(fetchPlanner.caughtUpPartitions.map(\.partition) == [1])
    }

    @Test("Without a partition nothing is routed: others do it, or it waits")
    func routesForItself() {
        var fetchPlanner = fetchPlanner(opened: false)
        #expect(fetchPlanner.routeCount == 0)
        fetchPlanner.open(1, tenure: 1)
        #expect(fetchPlanner.routeCount > 0)
        fetchPlanner.close(1)
        #expect(fetchPlanner.routeCount == 0)
    }

    @Test("A full buffer is filled up when there is room for a call, not one by one")
    func fillsUpInCalls() {
        var fetchPlanner = fetchPlanner {
            $0.buffered = 80
            $0.callBytes = .max
        }
        for id in 1...80 as ClosedRange<UInt64> { admit(&fetchPlanner, id) }
        for id in 1...9 as ClosedRange<UInt64> { end(&fetchPlanner, id, 0, bytes: 10) }
        #expect(fetchPlanner.routeCount == 0 && fetchPlanner.pulls().isEmpty)
        end(&fetchPlanner, 10, 0, bytes: 10)
        #expect(fetchPlanner.routeCount == 10 && !fetchPlanner.pulls().isEmpty)
        var hot = self.fetchPlanner { $0.maxPerPartition = 24 }
        for id in 1...24 as ClosedRange<UInt64> { admit(&hot, id, 2) }
        for id in 1...2 as ClosedRange<UInt64> { end(&hot, id, 2, bytes: 10) }
        #expect(hot.pulls().map(\.partition) == [0, 1, 3])
        end(&hot, 3, 2, bytes: 10)
        #expect(hot.pulls().first { $0.partition == 2 }?.count == 3)
    }

    /// Reads partition 0, in which one contact has so many entries before those of two others.
    private func readBehind(_ hot: Int, _ fetchPlanner: inout FetchPlanner) -> Int {
        var next = 0
        while let pull = fetchPlanner.pulls().first(where: { $0.partition == 0 }) {
            let count = min(pull.count, hot + 2 - next)
            for id in next..<(next + count) { admit(&fetchPlanner, UInt64(id + 1), bytes: 450) }
            next += count
            fetchPlanner.pulled(pull, entries: count, last: .sample(UInt64(next)))
        }
        return next
    }

    @Test("Thousands of entries of one contact do not hide the contacts behind it, and half of the room stays free")
    func readsPastAHotContact() {
        var fetchPlanner = fetchPlanner { $0.perPartitionWhileRoom = BufferLimits().perPartitionWhileRoom }
        #expect(readBehind(3000, &fetchPlanner) == 3002, "the other two contacts are in hand")
        var full = self.fetchPlanner { $0.perPartitionWhileRoom = BufferLimits().perPartitionWhileRoom }
        // It is filled up by some entries at a time.
        #expect((4096 - 32...4096).contains(readBehind(30_000, &full)))
        #expect(full.pulls().count == 3, "the other partitions go on")
        var large = self.fetchPlanner {
            $0.perPartitionWhileRoom = 4096
            $0.bytes = 450 * 1000
        }
        #expect(readBehind(3000, &large) < 600, "nor do they take more than half of the memory")
    }
}
