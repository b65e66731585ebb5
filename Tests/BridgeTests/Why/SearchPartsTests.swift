import RedisStreams
import Testing

@testable import Bridge
@testable import Operations
@testable import StreamGroups

@Suite("StreamWalk, PendingList and Hits: the bounded parts of a search", .tags(.servers), .timeLimit(.minutes(2)))
struct SearchPartsTests {
    @Test("A walk gives every entry once in either direction, in batches that grow to a limit")
    func walk() async throws {
        try await ScriptFixture.run { fixture in
            let ids = try await fixture.add(contacts: 700)
            for direction in [StreamScanner.Direction.forwards, .backwards] {
                var walk = StreamScanner(fixture.client, fixture.stream, direction)
                var all: [StreamID] = []
                while !walk.isAtEnd {
                    let entries = try await walk.next()
                    #expect(entries.count <= StreamScanner.maxBatch)
                    all += entries.map(\.id)
                }
                #expect(all == (direction == .forwards ? ids : ids.reversed()))
                #expect(walk.batch == StreamScanner.maxBatch)
                #expect(try await walk.next().isEmpty)
            }
            var part = StreamScanner(fixture.client, fixture.stream, .backwards, from: ids[10], to: ids[20])
            #expect(try await part.next(atMost: 3).map(\.id) == [ids[20], ids[19], ids[18]])
            #expect(try await part.next().map(\.id) == ids[10...17].reversed() && part.isAtEnd)
        }
    }

    @Test("Large entries make batches small")
    func large() async throws {
        try await ScriptFixture.run { fixture in
            let large = StreamField("event", String(repeating: "x", count: 200_000))
            for _ in 0..<30 { try await fixture.add([large]) }
            var walk = StreamScanner(fixture.client, fixture.stream, .forwards)
            _ = try await walk.next()
            #expect(walk.batch == 2)
        }
    }

    @Test("A pending list knows places, consumers and what is before an entry")
    func pendingList() {
        var list = PendingList()
        for (number, consumer) in ["p00", "p01", "p00", "other"].enumerated() {
            list.append(.sample(UInt64(number * 10)), consumer: consumer)
        }
        #expect(list.index(of: .sample(20)) == 2 && list.index(of: .sample(21)) == nil)
        #expect(list.index(of: .sample(99)) == nil)
        #expect(list.ids(of: "p00", before: .sample(20)) == [.sample(0)])
        #expect(list.ids(of: "p09", before: .sample(20)).isEmpty)
        let leases = LeaseTable(owners: [0: "a", 1: nil], members: 1)
        #expect(list.place(at: 0, leases: leases).owner == "a")
        #expect(list.place(at: 1, leases: leases).owner == nil && list.place(at: 1, leases: leases).partition == 1)
        #expect(list.place(at: 3, leases: leases).partition == nil)
        list.isComplete = false
        #expect(list.place(at: 2, leases: leases).before == nil)
    }

    @Test("Hits are bounded by kind, each once, and listed in order")
    func hits() {
        var hits = SearchMatches(limit: 2)
        func hit(_ number: UInt64, _ state: EventLocation.State) -> EventLocation {
            EventLocation(stream: "s", id: .sample(number), messageIDs: [], contact: nil, state: state)
        }
        for number in 1...5 { hits.take(hit(UInt64(number), .finished)) }
        hits.take(hit(1, .finished))
        hits.take(hit(9, .waiting(before: 3)))
        hits.take(hit(8, .waiting(before: 1)))
        hits.turnWaiting { $0 == 3 ? nil : 10 - $0 }
        #expect(hits.list.map(\.id) == [1, 2, 8, 9].map { .sample($0) })
        #expect(hits.list.suffix(2).map(\.state) == [.waiting(before: 9), .waiting(before: nil)])
        #expect(hits.more == 3 && hits.contains(.sample(5)) && !hits.contains(.sample(6)))
    }
}
