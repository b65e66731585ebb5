import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("AckQueue: acknowledgements leave in the order of the ends")
struct AckQueueTests {
    private let faults = [DeliveryFailure(reason: .refused, detail: "no")]

    private func end(_ number: UInt64, _ kind: EntryCompletion.Kind = .delivered, partition: Int = 0) -> EntryCompletion
    {
        EntryCompletion(
            stream: 0,
            id: .sample(number),
            partition: partition,
            tenure: partition,
            size: 10,
            kind: kind,
            attempts: 1,
            contact: "a",
            occurredAt: nil
        )
    }

    private func acknowledge(_ partition: Int, _ numbers: UInt64...) -> AckQueue.Call {
        .acknowledge([.init(partition: partition, tenure: partition, ids: numbers.map { .sample($0) })])
    }

    @Test("A dead letter keeps its place between acknowledgements")
    func deadLetterInOrder() {
        var queue = AckQueue()
        queue.append(end(1))
        queue.append(end(2, .deadLettered(faults)))
        queue.append(end(3, .ignored))
        let letter = AckQueue.Call.deadLetter(end(2, .deadLettered(faults)), faults)
        #expect(queue.calls() == [acknowledge(0, 1), letter, acknowledge(0, 3)])
    }

    @Test("A deletion is a call of its own, behind the letters that were written before it")
    func deletionInOrder() {
        var queue = AckQueue()
        var deletion = end(3)
        deletion.erasedContacts = ["a"]
        let letter = end(2, .deadLettered(faults))
        for end in [end(1), letter, deletion, end(4)] { queue.append(end) }
        #expect(queue.calls() == [acknowledge(0, 1), .deadLetter(letter, faults), .erase(deletion), acknowledge(0, 4)])
        #expect(AckQueue.Call.erase(deletion).count == 1)
    }

    @Test("What a partition's unwritten letter holds up stays, in order; other partitions' ends go on")
    func stuck() {
        var queue = AckQueue()
        queue.append(end(1, .deadLettered(faults), partition: 5))
        queue.append(end(2, partition: 2))
        queue.append(end(3, partition: 5))
        queue.append(end(4, partition: 2))
        let calls = queue.calls(except: [5])
        #expect(calls == [acknowledge(2, 2, 4)])
        #expect(queue.confirm(2, except: [5]).map(\.id) == [.sample(2), .sample(4)])
        #expect(queue.count == 2 && queue.count(in: 5) == 2 && queue.count(in: 2) == 0)
        let letter = AckQueue.Call.deadLetter(end(1, .deadLettered(faults), partition: 5), faults)
        #expect(queue.calls() == [letter, acknowledge(5, 3)])
    }

    @Test("One call has the ends of several partitions, each partition's in the order of their ends")
    func byPartitions() {
        var queue = AckQueue()
        for (number, partition) in [(3, 5), (1, 2), (4, 5), (2, 2), (9, 0)] {
            queue.append(end(UInt64(number), partition: partition))
        }
        let portions: [AckQueue.PartitionBatch] = [
            .init(partition: 5, tenure: 5, ids: [.sample(3), .sample(4)]),
            .init(partition: 2, tenure: 2, ids: [.sample(1), .sample(2)]),
            .init(partition: 0, tenure: 0, ids: [.sample(9)]),
        ]
        #expect(queue.calls() == [.acknowledge(portions)])
        #expect(queue.calls().map(\.count) == [5])
    }

    @Test("A call acknowledges at most a batch, over all its partitions")
    func batches() {
        var queue = AckQueue()
        for number in 1...250 { queue.append(end(UInt64(number), partition: number % 7)) }
        #expect(queue.calls().map(\.count) == [100, 100, 50])
    }

    @Test("Only so many calls are made up at a time, and they are the first ones")
    func boundedCalls() {
        var queue = AckQueue()
        for number in 1...100 { queue.append(end(UInt64(number), .deadLettered(faults))) }
        let calls = queue.calls()
        #expect(calls.count == AckQueue.maxCalls)
        #expect(calls.first == .deadLetter(end(1, .deadLettered(faults)), faults))
        var alternating = AckQueue()
        for number in 1...100 as ClosedRange<UInt64> {
            alternating.append(end(number, number.isMultiple(of: 2) ? .deadLettered(faults) : .delivered))
        }
        #expect((AckQueue.maxCalls...AckQueue.maxCalls + 1).contains(alternating.calls().count))
    }

    @Test("What was not confirmed comes again, from the first")
    func repeatsFromFirstUnconfirmed() {
        var queue = AckQueue()
        for number in 1...3 { queue.append(end(UInt64(number))) }
        #expect(queue.confirm(1).map(\.id) == [.sample(1)])
        #expect(queue.calls() == [acknowledge(0, 2, 3)])
        _ = queue.confirm(2)
        #expect(queue.calls().isEmpty && queue.count == 0)
    }

    @Test("What a call stands for is what its confirmation takes off the queue")
    func confirmsCalls() {
        var queue = AckQueue()
        for number in 1...300 as ClosedRange<UInt64> {
            let kind = number.isMultiple(of: 37) ? EntryCompletion.Kind.deadLettered(faults) : .delivered
            queue.append(end(number, kind, partition: Int(number % 3)))
        }
        for call in queue.calls() {
            let confirmed = queue.confirm(call.count)
            switch call {
            case .acknowledge(let portions):
                #expect(Set(confirmed.map(\.id)) == Set(portions.flatMap(\.ids)))
            case .deadLetter(let end, _), .erase(let end): #expect(confirmed == [end])
            }
        }
        #expect(queue.count == 0)
    }

    @Test("How many ends of a partition are unconfirmed is known")
    func countsByPartition() {
        var queue = AckQueue()
        for number in 1...5 { queue.append(end(UInt64(number), partition: number % 2)) }
        #expect(queue.count(in: 0) == 2 && queue.count(in: 1) == 3 && queue.count(in: 2) == 0)
        _ = queue.confirm(3)
        #expect(queue.count(in: 0) == 1 && queue.count(in: 1) == 1)
        #expect(queue.confirm(99).count == 2)
        #expect(queue.count == 0 && queue.count(in: 0) == 0 && queue.count(in: 1) == 0)
    }
}
