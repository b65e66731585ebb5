import RedisStreams
import Testing

@testable import Bridge

@Suite("Intake: what to read next, within bounds")
struct FetchPlannerTests {
    /// One whose four partitions are all owned, each since the tenure of its number.
    func fetchPlanner(opened: Bool = true, _ change: (inout BufferLimits) -> Void = { _ in }) -> FetchPlanner {
        var limits = BufferLimits()
        limits.perPartitionWhileRoom = 0
        change(&limits)
        var fetchPlanner = FetchPlanner(partitions: 4, limits: limits)
        if opened { for partition in 0..<4 { fetchPlanner.open(partition, tenure: partition) } }
        return fetchPlanner
    }

    @discardableResult
    func admit(
        _ fetchPlanner: inout FetchPlanner,
        _ id: UInt64,
        _ partition: Int = 0,
        bytes: Int = 10,
        isSuspect: Bool = false
    ) -> FetchPlanner.Admission {
        fetchPlanner.admit(.sample(id), partition: partition, bytes: bytes, isSuspect: isSuspect)
    }

    func end(
        _ fetchPlanner: inout FetchPlanner,
        _ id: UInt64,
        _ partition: Int = 0,
        bytes: Int = 10,
        tenure: Int? = nil
    ) {
        fetchPlanner.ended(
            EntryCompletion(
                stream: 0,
                id: .sample(id),
                partition: partition,
                tenure: tenure ?? fetchPlanner.tenure(of: partition),
                size: bytes,
                kind: .delivered,
                attempts: 1,
                contact: "\(id)",
                occurredAt: nil
            )
        )
    }

    @Test("Nothing is read of a partition that is not owned")
    func closed() {
        var fetchPlanner = fetchPlanner(opened: false)
        #expect(fetchPlanner.pulls().isEmpty)
        fetchPlanner.open(2, tenure: 7)
        #expect(fetchPlanner.pulls().map(\.partition) == [2])
        #expect(admit(&fetchPlanner, 1, 2) == .new(tenure: 7), "an entry belongs to the tenure in which it was read")
        fetchPlanner.close(2)
        #expect(fetchPlanner.pulls().isEmpty)
    }

    @Test("Every partition is read from its beginning first, and one call reads only so many")
    func readsHistoryFirst() {
        var all = fetchPlanner {
            $0.callBytes = .max
            $0.maxPerPartition = 10
        }
        let pulls = all.pulls()
        #expect(pulls.map(\.partition) == [0, 1, 2, 3])
        #expect(pulls.allSatisfy { $0.after == .zero && $0.count == 10 })
        var few = fetchPlanner {
            $0.callBytes = .max
            $0.callPartitions = 3
            $0.maxPerPartition = 10
        }
        #expect(few.pulls().map(\.partition) == [0, 1, 2])
        #expect(few.pulls().map(\.partition) == [3, 0, 1], "the next call goes on behind it")
    }

    /// What the script gives: of each partition in turn, until it is enough.
    private func answer(_ fetchPlanner: inout FetchPlanner, _ left: inout [Int]) -> Int {
        let (pulls, most) = (fetchPlanner.pulls(), fetchPlanner.pullCount)
        var given = 0
        for pull in pulls where given < most {
            let count = min(pull.count, left[pull.partition], most - given)
            (given, left[pull.partition]) = (given + count, left[pull.partition] - count)
            fetchPlanner.pulled(pull, entries: count, last: nil, isCut: given == most)
        }
        return given
    }

    @Test("What was routed to many partitions is read in few calls, and no call reads more than it may")
    func sharedCalls() {
        var fetchPlanner = FetchPlanner(partitions: 64)
        for partition in 0..<64 { fetchPlanner.open(partition, tenure: 1) }
        while let pull = fetchPlanner.pulls().first { fetchPlanner.pulled(pull, entries: 0, last: nil) }
        fetchPlanner.routed(to: Array(0..<64), entries: 100, bytes: 45_000)
        var left = (0..<64).map { $0 % 3 + 1 }
        var calls = 0
        while !fetchPlanner.pulls().isEmpty {
            calls += 1
            let given = answer(&fetchPlanner, &left)
            #expect(given <= fetchPlanner.limits.callEntries * 5 / 4)
        }
        #expect(left.allSatisfy { $0 == 0 } && calls <= 8)
    }

    @Test("A partition that gave less than was asked has no more, until something is routed to it")
    func noMore() {
        var fetchPlanner = fetchPlanner()
        while let pull = fetchPlanner.pulls().first { fetchPlanner.pulled(pull, entries: 0, last: nil) }
        #expect(fetchPlanner.pulls().isEmpty)
        fetchPlanner.routed(to: [2, 99, -1], entries: 1, bytes: 100)
        #expect(fetchPlanner.pulls().map(\.partition) == [2])
    }

    @Test("A cursor only rises; a rewind sets all back to the beginning")
    func cursors() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(1, tenure: 1)
        var pull = fetchPlanner.pulls()[0]
        pull.count = 1
        fetchPlanner.pulled(pull, entries: 1, last: .sample(5))
        fetchPlanner.pulled(pull, entries: 1, last: .sample(3))
        #expect(fetchPlanner.pulls().map(\.after) == [.sample(5)])
        fetchPlanner.rewind()
        #expect(fetchPlanner.pulls().map(\.after) == [.zero])
    }

    @Test("A partition that another replica owns is not asked again before it is opened again")
    func refused() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(1, tenure: 1)
        fetchPlanner.refused(fetchPlanner.pulls()[0])
        #expect(fetchPlanner.pulls().isEmpty)
        fetchPlanner.open(1, tenure: 2)
        #expect(fetchPlanner.pulls().map(\.partition) == [1])
    }

    // MARK: In hand, ended, forgotten

    @Test("What was handed on in this tenure is known: it is in hand, or its acknowledgement is on the way")
    func known() {
        var fetchPlanner = fetchPlanner()
        #expect(admit(&fetchPlanner, 1) == .new(tenure: 0))
        #expect(admit(&fetchPlanner, 2) == .new(tenure: 0))
        fetchPlanner.rewind()
        #expect(admit(&fetchPlanner, 1) == .known)
        end(&fetchPlanner, 1)
        end(&fetchPlanner, 2)
        for id in 1...2 as ClosedRange<UInt64> { #expect(admit(&fetchPlanner, id) == .known) }
        #expect(admit(&fetchPlanner, 3) == .new(tenure: 0))
        #expect(fetchPlanner.buffered == 1 && fetchPlanner.bufferedBytes == 10)
    }

    @Test("Nothing of an earlier tenure is remembered: what Redis gives again is delivered again, as a whole suffix")
    func forgetsTenures() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(0, tenure: 1)
        for id in 1...3 as ClosedRange<UInt64> { admit(&fetchPlanner, id) }
        for id in 1...3 as ClosedRange<UInt64> { end(&fetchPlanner, id, tenure: 1) }
        fetchPlanner.close(0)
        fetchPlanner.open(0, tenure: 2)
        #expect((2...3 as ClosedRange<UInt64>).map { admit(&fetchPlanner, $0) } == [.new(tenure: 2), .new(tenure: 2)])
    }

    @Test("An entry that was given up may come again, and is new then")
    func forgets() {
        var fetchPlanner = fetchPlanner()
        admit(&fetchPlanner, 1)
        fetchPlanner.forget(.sample(1), partition: 0, bytes: 10)
        #expect(fetchPlanner.buffered == 0 && fetchPlanner.bufferedBytes == 0)
        #expect(admit(&fetchPlanner, 1) == .known, "it stays pending for the next tenure")
        fetchPlanner.close(0)
        fetchPlanner.open(0, tenure: 9)
        #expect(admit(&fetchPlanner, 1) == .new(tenure: 9))
    }

    @Test("A partition that comes back is read again only when nothing of its earlier tenure is in hand")
    func opening() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(0, tenure: 1)
        admit(&fetchPlanner, 1)
        admit(&fetchPlanner, 2)
        fetchPlanner.close(0)
        fetchPlanner.open(0, tenure: 2)
        #expect(fetchPlanner.pulls().isEmpty)
        end(&fetchPlanner, 1, 0, bytes: 10)
        #expect(fetchPlanner.pulls().isEmpty)
        fetchPlanner.forget(.sample(2), partition: 0, bytes: 10)
        #expect(fetchPlanner.pulls().map(\.after) == [.zero])
        #expect(admit(&fetchPlanner, 2) == .new(tenure: 2))
    }

    @Test("A partition that was lost again while it was opening stays closed")
    func closedWhileOpening() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(0, tenure: 1)
        admit(&fetchPlanner, 1)
        fetchPlanner.close(0)
        fetchPlanner.open(0, tenure: 2)
        fetchPlanner.close(0)
        end(&fetchPlanner, 1, 0, bytes: 10)
        #expect(fetchPlanner.pulls().isEmpty)
    }

    // MARK: Limits

    @Test("A hot partition takes only its share of the room")
    func perPartitionLimit() {
        var fetchPlanner = fetchPlanner { $0.maxPerPartition = 2 }
        for id in 1...2 as ClosedRange<UInt64> { admit(&fetchPlanner, id, 1) }
        #expect(!fetchPlanner.pulls().contains { $0.partition == 1 })
        end(&fetchPlanner, 1, 1, bytes: 10)
        #expect(fetchPlanner.pulls().first { $0.partition == 1 }?.count == 1)
    }

    @Test("Nothing is read beyond the limit of entries or bytes")
    func totalLimits() {
        var byCount = fetchPlanner { $0.buffered = 1 }
        admit(&byCount, 1)
        #expect(byCount.pulls().isEmpty && byCount.routeCount == 0)
        var byBytes = fetchPlanner { $0.bytes = 100 }
        admit(&byBytes, 1, bytes: 100)
        #expect(byBytes.pulls().isEmpty && byBytes.routeCount == 0)
        var together = fetchPlanner { $0.buffered = 30 }
        for id in 1...10 as ClosedRange<UInt64> { admit(&together, id) }
        #expect(!together.pulls().isEmpty && together.pullCount == 20, "all pulls of a call share the room")
    }

    @Test("Large entries make the next read small")
    func adaptsToSize() {
        var fetchPlanner = fetchPlanner { $0.bytes = .max }
        fetchPlanner.routed(to: [], entries: 100, bytes: 45_000)
        for id in 0..<200 { admit(&fetchPlanner, UInt64(id), bytes: 450) }
        #expect(fetchPlanner.routeCount == fetchPlanner.limits.callEntries)
        admit(&fetchPlanner, 1000, bytes: 5_000_000)
        #expect(fetchPlanner.routeCount == 1)
    }

    // MARK: Suspects

    @Test("One suspect is asked for at a time, and only of a partition with nothing else in hand")
    func oneSuspect() {
        var fetchPlanner = fetchPlanner { $0.maxPerPartition = 5 }
        admit(&fetchPlanner, 1, 0)
        #expect(fetchPlanner.pulls().map(\.allowsQuarantined) == [false, true, false, false])
        admit(&fetchPlanner, 2, 1, isSuspect: true)
        #expect(fetchPlanner.pulls().map(\.partition) == [0, 2, 3], "behind a suspect its partition waits")
        #expect(fetchPlanner.pulls().allSatisfy { !$0.allowsQuarantined })
        let early = fetchPlanner.settled(.sample(2))
        end(&fetchPlanner, 2, 1, bytes: 10)
        #expect(
            !early && fetchPlanner.pulls().allSatisfy { !$0.allowsQuarantined },
            "Redis does not know yet that it was handled"
        )
        let other = fetchPlanner.settled(.sample(1))
        let isFree = fetchPlanner.settled(.sample(2))
        #expect(!other && isFree)
        let pulls = fetchPlanner.pulls()
        #expect(pulls.contains { $0.partition == 1 } && pulls.count { $0.allowsQuarantined } == 1)
    }

    @Test("A partition in which a suspect waits is asked again once it may be given out")
    func suspectWaits() {
        var fetchPlanner = fetchPlanner(opened: false)
        fetchPlanner.open(0, tenure: 1)
        let pull = fetchPlanner.pulls()[0]
        admit(&fetchPlanner, 1)
        fetchPlanner.pulled(pull, entries: 1, last: .sample(1), suspectWaits: true)
        #expect(fetchPlanner.pulls().isEmpty)
        end(&fetchPlanner, 1, 0, bytes: 10)
        #expect(fetchPlanner.pulls().map(\.allowsQuarantined) == [true])
    }

    @Test("A suspect that this process outlived is told of once")
    func survivors() {
        var survived = fetchPlanner()
        admit(&survived, 1, isSuspect: true)
        #expect(survived.takeSurvivors().isEmpty)
        for id in [1, 1, 2] as [UInt64] { survived.survived(.sample(id)) }
        #expect(survived.takeSurvivors() == [.sample(1)])
        #expect(survived.takeSurvivors().isEmpty)
        var forgotten = fetchPlanner()
        admit(&forgotten, 1, isSuspect: true)
        forgotten.forget(.sample(1), partition: 0, bytes: 10)
        #expect(forgotten.takeSurvivors() == [.sample(1)])
        var stopped = fetchPlanner()
        admit(&stopped, 1, isSuspect: true)
        stopped.endingInOrder()
        #expect(stopped.takeSurvivors() == [.sample(1)])
        var ended = fetchPlanner()
        admit(&ended, 1, isSuspect: true)
        end(&ended, 1, 0, bytes: 10)
        ended.survived(.sample(1))
        ended.endingInOrder()
        #expect(ended.takeSurvivors().isEmpty, "its acknowledgement takes the count away")
    }
}
