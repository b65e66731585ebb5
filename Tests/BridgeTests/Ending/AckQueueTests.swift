import RedisStreams
import Testing

@testable import Bridge

@Suite("AckQueue: acknowledgements leave in the order of the ends")
struct AckQueueTests {
    private func end(_ number: UInt64, _ kind: EntryEnd.Kind = .delivered) -> EntryEnd {
        EntryEnd(
            stream: 0,
            id: .sample(number),
            partition: 0,
            size: 10,
            kind: kind,
            attempts: 1,
            contact: "a",
            occurredAt: nil
        )
    }

    @Test("A dead letter keeps its place between acknowledgements")
    func deadLetterInOrder() {
        var queue = AckQueue()
        let faults = [DeliveryFault(reason: .refused, detail: "no")]
        queue.append(end(1))
        queue.append(end(2, .deadLettered(faults)))
        queue.append(end(3, .ignored))
        #expect(
            queue.calls() == [
                .acknowledge([.sample(1)]), .deadLetter(end(2, .deadLettered(faults)), faults),
                .acknowledge([.sample(3)]),
            ]
        )
    }

    @Test("A call acknowledges at most a batch")
    func batches() {
        var queue = AckQueue()
        for number in 1...250 { queue.append(end(UInt64(number))) }
        #expect(queue.calls().map(\.count) == [100, 100, 50])
    }

    @Test("What was not confirmed comes again, from the first")
    func repeatsFromFirstUnconfirmed() {
        var queue = AckQueue()
        for number in 1...3 { queue.append(end(UInt64(number))) }
        #expect(queue.confirm(1).map(\.id) == [.sample(1)])
        #expect(queue.calls() == [.acknowledge([.sample(2), .sample(3)])])
        _ = queue.confirm(2)
        #expect(queue.calls().isEmpty && queue.count == 0)
    }
}
