import Logging
import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import Operations
@testable import StreamGroups

@Suite("EventSearch: where an event is, in each state that it can be in", .tags(.servers), .timeLimit(.minutes(2)))
struct EventSearchTests {
    private func find(_ query: String, _ fixture: ScriptFixture, scan: Int = 1000, limit: Int = 10) async throws
        -> EventSearchResult
    {
        try await EventSearch(query, in: fixture.view, scan: scan, limit: limit).run()
    }

    @Test("Nothing there, no group yet, not read yet with what comes before it")
    func unread() async throws {
        try await ScriptFixture.run { fixture in
            #expect(try await find("m1", fixture).hits.isEmpty)
            let first = try await fixture.publish("a", "m1")
            let before = try await find("m1", fixture)
            #expect(before.hits.map(\.state) == [.noGroup] && before.hits.map(\.id) == [first] && !before.hasGroup)
            _ = try await fixture.openSession(partitions: 1)
            for number in 2...5 { _ = try await fixture.publish("a", "m\(number)") }
            let findings = try await find("m3", fixture)
            #expect(findings.hits.map(\.state) == [.waiting(before: 2)])
            #expect(findings.hits[0].messageIDs == ["m3"] && findings.hits[0].contact == "a")
            #expect(findings.members == 1 && findings.looked == 5 && findings.oldest == first)
            let all = try await find("a", fixture, limit: 2)
            #expect(all.hits.map(\.state) == [.waiting(before: 3), .waiting(before: 4)] && all.more == 3)
            #expect(try await find(first.description, fixture).hits.map(\.id) == [first])
        }
    }

    @Test("In hand: partition, owner, what is before it, what failed; then finished")
    func pending() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            var ids: [StreamID] = []
            for (number, contact) in ["b", "a", "a", "b", "a"].enumerated() {
                ids.append(try await fixture.publish(contact, "m\(number)"))
            }
            _ = try await session.route()
            let answer = LoopsResponse(outcome: .retry(.serverError), status: 503, message: "No.")
            session.attemptFailed(ids[1], attempts: 2, answer, again: .seconds(5))
            try await DeliveryErrorReporter(
                state: session,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            .write()

            let findings = try await find("m4", fixture)
            guard case .pending(let place)? = findings.hits.first?.state else {
                Issue.record("not pending")
                return
            }
            #expect(place.consumer == "p00" && place.partition == 0 && place.owner == "a" && place.before == 4)
            #expect(place.behind.count == 2 && place.behind.isComplete && place.trouble == nil)
            #expect(place.behind.first.map(\.id) == [ids[1], ids[2]])
            #expect(place.behind.first.map(\.messageID) == ["m1", "m2"])
            #expect(place.behind.first[0].trouble?.attempts == 2 && place.behind.first[1].trouble == nil)

            _ = try await session.acknowledge([.init(partition: 0, ids: [ids[1]])])
            let states = try await find("a", fixture).hits.map(\.state)
            #expect(states.first == .finished && states.count == 3)
            guard case .pending(let next)? = states.dropFirst().first else {
                Issue.record("not pending")
                return
            }
            #expect(next.behind.count == 0 && next.before == 1)
        }
    }

    @Test("Another program's entry, and a partition that nobody owns")
    func unassigned() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            _ = try await fixture.publish("a", "m1")
            _ = try await session.route()
            try await session.leave()
            _ = try await fixture.publish("a", "m2")
            try await fixture.readAs("other")
            let places = try await ["m1", "m2"].asyncMap { query in
                guard case .pending(let place)? = try await find(query, fixture).hits.first?.state else {
                    throw DeadLetter.NoLetter()
                }
                return place
            }
            #expect(places[0].partition == 0 && places[0].owner == nil)
            #expect(places[1].partition == nil && places[1].consumer == "other")
        }
    }

    @Test("Dead-lettered, also when the stream has lost the entry; replayed")
    func dead() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = [try await fixture.publish("a", "m1"), try await fixture.publish("b", "m2")]
            _ = try await session.route()
            try await fixture.bury(ids[0], contact: "a", in: session)
            try await fixture.bury(ids[1], contact: "b", in: session)
            let letters = try await fixture.allLetters()
            #expect(try await find("m1", fixture).hits.map(\.state) == [.deadLettered(letters[0])])
            #expect(try await find(letters[0].id.description, fixture).hits.map(\.id) == [ids[0]])
            _ = try await fixture.client.delete(fixture.stream, ids: [ids[0]])
            let gone = try await find("a", fixture)
            #expect(gone.hits.map(\.state) == [.deadLettered(letters[0])] && gone.hits[0].messageIDs == ["m1"])

            var replayer = DeadLetterReplayer(boxes: [try fixture.box()], scan: 10)
            replayer.add(letters[1], box: 0)
            let copy = try #require(try await replayer.replay(replayer.items[0]))
            #expect(try await find("m2", fixture).hits.map(\.state) == [.replayed(as: copy), .waiting(before: 0)])
        }
    }

    @Test(
        "No more is looked at than allowed, pending entries further back come all the same, and it is said",
        .tags(.redis7)
    )
    func limits() async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let first = try await fixture.publish("a", "m1")
            _ = try await session.route()
            for number in 2...40 { _ = try await fixture.publish("z", "m\(number)") }
            let findings = try await find("m1", fixture, scan: 20)
            #expect(findings.isLimited && findings.hits.map(\.id) == [first])
            guard case .pending? = findings.hits.first?.state else {
                Issue.record("not pending")
                return
            }
            // Behind 18 others of 39 that wait, by the count that Redis has.
            #expect(try await find("m21", fixture, scan: 20).hits.map(\.state) == [.waiting(before: 20)])
            #expect(try await find("m5", fixture, scan: 20).hits.isEmpty)
        }
    }
}

extension Array {
    fileprivate func asyncMap<Other>(_ body: (Element) async throws -> Other) async throws -> [Other] {
        var all: [Other] = []
        for element in self { all.append(try await body(element)) }
        return all
    }
}
