import RedisStreams
import Testing

@testable import Bridge

@Suite("Intake: what to read next, within bounds")
struct IntakeTests {
    /// One whose four partitions are all owned, each since the tenure of its number.
    func intake(opened: Bool = true, _ change: (inout BufferLimits) -> Void = { _ in }) -> FetchPlanner {
        var limits = BufferLimits()
        limits.perPartitionWhileRoom = 0
        change(&limits)
        var intake = FetchPlanner(partitions: 4, limits: limits)
        if opened { for partition in 0..<4 { intake.open(partition, tenure: partition) } }
        return intake
    }

    @discardableResult
    func admit(
        _ intake: inout FetchPlanner,
        _ id: UInt64,
        _ partition: Int = 0,
        bytes: Int = 10,
        isSuspect: Bool = false
    ) -> FetchPlanner.Admission {
        intake.admit(.sample(id), partition: partition, bytes: bytes, isSuspect: isSuspect)
    }

    func end(_ intake: inout FetchPlanner, _ id: UInt64, _ partition: Int = 0, bytes: Int = 10, tenure: Int? = nil) {
        intake.ended(
            EntryCompletion(
                stream: 0,
                id: .sample(id),
                partition: partition,
                tenure: tenure ?? intake.tenure(of: partition),
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
        var intake = intake(opened: false)
        #expect(intake.pulls().isEmpty)
        intake.open(2, tenure: 7)
        #expect(intake.pulls().map(\.partition) == [2])
        #expect(admit(&intake, 1, 2) == .new(tenure: 7), "an entry belongs to the tenure in which it was read")
        intake.close(2)
        #expect(intake.pulls().isEmpty)
    }

    @Test("Every partition is read from its beginning first, and one call reads only so many")
    func readsHistoryFirst() {
        var all = intake {
            $0.callBytes = .max
            $0.perPartition = 10
        }
        let pulls = all.pulls()
        #expect(pulls.map(\.partition) == [0, 1, 2, 3])
        #expect(pulls.allSatisfy { $0.after == .zero && $0.count == 10 })
        var few = intake {
            $0.callBytes = .max
            $0.callPartitions = 3
            $0.perPartition = 10
        }
        #expect(few.pulls().map(\.partition) == [0, 1, 2])
        #expect(few.pulls().map(\.partition) == [3, 0, 1], "the next call goes on behind it")
    }

    /// What the script gives: of each partition in turn, until it is enough.
    private func answer(_ intake: inout FetchPlanner, _ left: inout [Int]) -> Int {
        let (pulls, most) = (intake.pulls(), intake.pullCount)
        var given = 0
        for pull in pulls where given < most {
            let count = min(pull.count, left[pull.partition], most - given)
            (given, left[pull.partition]) = (given + count, left[pull.partition] - count)
            intake.pulled(pull, entries: count, last: nil, isCut: given == most)
        }
        return given
    }

    @Test("What was routed to many partitions is read in few calls, and no call reads more than it may")
    func sharedCalls() {
        var intake = FetchPlanner(partitions: 64)
        for partition in 0..<64 { intake.open(partition, tenure: 1) }
        while let pull = intake.pulls().first { intake.pulled(pull, entries: 0, last: nil) }
        intake.routed(to: Array(0..<64), entries: 100, bytes: 45_000)
        var left = (0..<64).map { $0 % 3 + 1 }
        var calls = 0
        while !intake.pulls().isEmpty {
            calls += 1
            let given = answer(&intake, &left)
            #expect(given <= intake.limits.callEntries * 5 / 4)
        }
        #expect(left.allSatisfy { $0 == 0 } && calls <= 8)
    }

    @Test("A partition that gave less than was asked has no more, until something is routed to it")
    func noMore() {
        var intake = intake()
        while let pull = intake.pulls().first { intake.pulled(pull, entries: 0, last: nil) }
        #expect(intake.pulls().isEmpty)
        intake.routed(to: [2, 99, -1], entries: 1, bytes: 100)
        #expect(intake.pulls().map(\.partition) == [2])
    }

    @Test("A cursor only rises; a rewind sets all back to the beginning")
    func cursors() {
        var intake = intake(opened: false)
        intake.open(1, tenure: 1)
        var pull = intake.pulls()[0]
        pull.count = 1
        intake.pulled(pull, entries: 1, last: .sample(5))
        intake.pulled(pull, entries: 1, last: .sample(3))
        #expect(intake.pulls().map(\.after) == [.sample(5)])
        intake.rewind()
        #expect(intake.pulls().map(\.after) == [.zero])
    }

    @Test("A partition that another replica owns is not asked again before it is opened again")
    func refused() {
        var intake = intake(opened: false)
        intake.open(1, tenure: 1)
        intake.refused(intake.pulls()[0])
        #expect(intake.pulls().isEmpty)
        intake.open(1, tenure: 2)
        #expect(intake.pulls().map(\.partition) == [1])
    }

    // MARK: In hand, ended, forgotten

    @Test("What was handed on in this tenure is known: it is in hand, or its acknowledgement is on the way")
    func known() {
        var intake = intake()
        #expect(admit(&intake, 1) == .new(tenure: 0))
        #expect(admit(&intake, 2) == .new(tenure: 0))
        intake.rewind()
        #expect(admit(&intake, 1) == .known)
        end(&intake, 1)
        end(&intake, 2)
        for id in 1...2 as ClosedRange<UInt64> { #expect(admit(&intake, id) == .known) }
        #expect(admit(&intake, 3) == .new(tenure: 0))
        #expect(intake.buffered == 1 && intake.bufferedBytes == 10)
    }

    @Test("Nothing of an earlier tenure is remembered: what Redis gives again is delivered again, as a whole suffix")
    func forgetsTenures() {
        var intake = intake(opened: false)
        intake.open(0, tenure: 1)
        for id in 1...3 as ClosedRange<UInt64> { admit(&intake, id) }
        for id in 1...3 as ClosedRange<UInt64> { end(&intake, id, tenure: 1) }
        intake.close(0)
        intake.open(0, tenure: 2)
        #expect((2...3 as ClosedRange<UInt64>).map { admit(&intake, $0) } == [.new(tenure: 2), .new(tenure: 2)])
    }

    @Test("An entry that was given up may come again, and is new then")
    func forgets() {
        var intake = intake()
        admit(&intake, 1)
        intake.forget(.sample(1), partition: 0, bytes: 10)
        #expect(intake.buffered == 0 && intake.bufferedBytes == 0)
        #expect(admit(&intake, 1) == .known, "it stays pending for the next tenure")
        intake.close(0)
        intake.open(0, tenure: 9)
        #expect(admit(&intake, 1) == .new(tenure: 9))
    }

    @Test("A partition that comes back is read again only when nothing of its earlier tenure is in hand")
    func opening() {
        var intake = intake(opened: false)
        intake.open(0, tenure: 1)
        admit(&intake, 1)
        admit(&intake, 2)
        intake.close(0)
        intake.open(0, tenure: 2)
        #expect(intake.pulls().isEmpty)
        end(&intake, 1, 0, bytes: 10)
        #expect(intake.pulls().isEmpty)
        intake.forget(.sample(2), partition: 0, bytes: 10)
        #expect(intake.pulls().map(\.after) == [.zero])
        #expect(admit(&intake, 2) == .new(tenure: 2))
    }

    @Test("A partition that was lost again while it was opening stays closed")
    func closedWhileOpening() {
        var intake = intake(opened: false)
        intake.open(0, tenure: 1)
        admit(&intake, 1)
        intake.close(0)
        intake.open(0, tenure: 2)
        intake.close(0)
        end(&intake, 1, 0, bytes: 10)
        #expect(intake.pulls().isEmpty)
    }

    // MARK: Limits

    @Test("A hot partition takes only its share of the room")
    func perPartitionLimit() {
        var intake = intake { $0.perPartition = 2 }
        for id in 1...2 as ClosedRange<UInt64> { admit(&intake, id, 1) }
        #expect(!intake.pulls().contains { $0.partition == 1 })
        end(&intake, 1, 1, bytes: 10)
        #expect(intake.pulls().first { $0.partition == 1 }?.count == 1)
    }

    @Test("Nothing is read beyond the limit of entries or bytes")
    func totalLimits() {
        var byCount = intake { $0.buffered = 1 }
        admit(&byCount, 1)
        #expect(byCount.pulls().isEmpty && byCount.routeCount == 0)
        var byBytes = intake { $0.bytes = 100 }
        admit(&byBytes, 1, bytes: 100)
        #expect(byBytes.pulls().isEmpty && byBytes.routeCount == 0)
        var together = intake { $0.buffered = 30 }
        for id in 1...10 as ClosedRange<UInt64> { admit(&together, id) }
        #expect(!together.pulls().isEmpty && together.pullCount == 20, "all pulls of a call share the room")
    }

    @Test("Large entries make the next read small")
    func adaptsToSize() {
        var intake = intake { $0.bytes = .max }
        intake.routed(to: [], entries: 100, bytes: 45_000)
        for id in 0..<200 { admit(&intake, UInt64(id), bytes: 450) }
        #expect(intake.routeCount == intake.limits.callEntries)
        admit(&intake, 1000, bytes: 5_000_000)
        #expect(intake.routeCount == 1)
    }

    // MARK: Suspects

    @Test("One suspect is asked for at a time, and only of a partition with nothing else in hand")
    func oneSuspect() {
        var intake = intake { $0.perPartition = 5 }
        admit(&intake, 1, 0)
        #expect(intake.pulls().map(\.maySuspect) == [false, true, false, false])
        admit(&intake, 2, 1, isSuspect: true)
        #expect(intake.pulls().map(\.partition) == [0, 2, 3], "behind a suspect its partition waits")
        #expect(intake.pulls().allSatisfy { !$0.maySuspect })
        let early = intake.settled(.sample(2))
        end(&intake, 2, 1, bytes: 10)
        #expect(!early && intake.pulls().allSatisfy { !$0.maySuspect }, "Redis does not know yet that it was handled")
        let other = intake.settled(.sample(1))
        let isFree = intake.settled(.sample(2))
        #expect(!other && isFree)
        let pulls = intake.pulls()
        #expect(pulls.contains { $0.partition == 1 } && pulls.count { $0.maySuspect } == 1)
    }

    @Test("A partition in which a suspect waits is asked again once it may be given out")
    func suspectWaits() {
        var intake = intake(opened: false)
        intake.open(0, tenure: 1)
        let pull = intake.pulls()[0]
        admit(&intake, 1)
        intake.pulled(pull, entries: 1, last: .sample(1), suspectWaits: true)
        #expect(intake.pulls().isEmpty)
        end(&intake, 1, 0, bytes: 10)
        #expect(intake.pulls().map(\.maySuspect) == [true])
    }

    @Test("A suspect that this process outlived is told of once")
    func survivors() {
        var survived = intake()
        admit(&survived, 1, isSuspect: true)
        #expect(survived.takeSurvivors().isEmpty)
        for id in [1, 1, 2] as [UInt64] { survived.survived(.sample(id)) }
        #expect(survived.takeSurvivors() == [.sample(1)])
        #expect(survived.takeSurvivors().isEmpty)
        var forgotten = intake()
        admit(&forgotten, 1, isSuspect: true)
        forgotten.forget(.sample(1), partition: 0, bytes: 10)
        #expect(forgotten.takeSurvivors() == [.sample(1)])
        var stopped = intake()
        admit(&stopped, 1, isSuspect: true)
        stopped.endingInOrder()
        #expect(stopped.takeSurvivors() == [.sample(1)])
        var ended = intake()
        admit(&ended, 1, isSuspect: true)
        end(&ended, 1, 0, bytes: 10)
        ended.survived(.sample(1))
        ended.endingInOrder()
        #expect(ended.takeSurvivors().isEmpty, "its acknowledgement takes the count away")
    }
}
