import RedisStreams
import StreamGroups
import Testing

@testable import Bridge

@Suite("Receipts: what became of an entry, in the step that acknowledges it", .tags(.servers), .timeLimit(.minutes(2)))
struct ReceiptTests {
    private let writer = ReceiptWriter(maxLength: 1000, replica: "r")

    private func receipts(_ fixture: ScriptFixture, _ keys: GroupKeys) async throws -> [Receipt] {
        try await fixture.client.range(keys.receipts, count: 1000).compactMap { Receipt($0.fields ?? []) }
    }

    @Test("One for each entry that was pending, none for a repetition, none by another owner")
    func once() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 5)
            _ = try await session.route()
            let some = EndedEntries(partition: 0, ids: Array(ids[0...1]))
            _ = try await session.acknowledge([some], receipts: writer)
            _ = try await session.acknowledge([EndedEntries(partition: 0, ids: Array(ids[0...2]))], receipts: writer)
            _ = try await session.deadLetter(
                ids[3],
                partition: 0,
                maxLength: 10,
                fields: ["reason", "refused"],
                receipts: writer
            )
            let receipts = try await receipts(fixture, session.keys)
            #expect(receipts.map(\.entry) == Array(ids[0...3]))
            #expect(receipts.map(\.outcome) == ["delivered", "delivered", "delivered", "deadLettered"])
            #expect(receipts.allSatisfy { $0.replica == "r" && !$0.text.contains("ann") })
            try await fixture.give(0, to: "b")
            #expect(try await session.acknowledge([EndedEntries(partition: 0, ids: [ids[4]])], receipts: writer) == [0])
            #expect(try await self.receipts(fixture, session.keys).count == 4)
        }
    }

    @Test(
        "What stands in the way of receipts stands in nobody else's: entries are acknowledged, and the loss is counted"
    )
    func lost() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: 3)
            _ = try await session.route()
            try await fixture.send("SET", session.keys.receipts, "x")
            let tenure = try #require(session.tenure(of: 0))
            var batch = AckQueue.PartitionBatch(partition: 0, tenure: tenure, ids: Array(ids[0...1]))
            batch.ends = batch.ids.map { JournalSamples.end($0.milliseconds) }
            let (refused, lost) = try await session.acknowledge([batch], receipts: writer)
            #expect(refused.isEmpty && lost == 2)
            var end = JournalSamples.end(1, kind: .deadLettered([]))
            end = EntryCompletion(
                stream: 0,
                id: ids[2],
                partition: 0,
                tenure: tenure,
                size: 0,
                kind: end.kind,
                attempts: 1,
                contact: "",
                occurredAt: nil
            )
            let letter = try await session.deadLetter(end, maxLength: 10, fields: ["reason", "x"], receipts: writer)
            #expect(letter.lostReceipts == 1 && letter.evicted == 0)
            #expect(try await fixture.pending().isEmpty)
        }
    }

    @Test("A receipt says what it was made of, and reads nothing else; what is no receipt is none")
    func form() throws {
        let receipt = Receipt(
            entry: .sample(7),
            outcome: "expired",
            messageIDs: ["m \u{1F}", "n"],
            contactHash: "c",
            mappings: [("Send event", "expired"), ("b", "delivered")],
            attempts: 3,
            at: 1_795_940_508_123,
            replica: "r"
        )
        #expect(Receipt([StreamField("receipt", receipt.text)]) == receipt)
        for text in ["", "{", "[]", #"{"entry":"x","outcome":"y"}"#, #"{"entry":"1-0"}"#] {
            #expect(Receipt([StreamField("receipt", text)]) == nil)
        }
        #expect(Receipt([StreamField("other", receipt.text)]) == nil)
    }
}
