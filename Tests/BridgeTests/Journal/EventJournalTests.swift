import Destination
import JSON
import Loops
import Metrics
import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import Support

@Suite("What the journal is told of an entry, and how it is found again")
struct EventJournalTests {
    private let now = JournalSamples.now

    private func planner(keepsRecords: Bool = true) -> EntryPlanner {
        EntryPlanner(rules: CurrentDestination(.presets), streams: ["s"], keepsRecords: keepsRecords)
    }

    private func plan(_ json: String, id: UInt64, _ planner: EntryPlanner) -> PlannedEntry {
        planner.plan(
            StreamEntry(id: .sample(id), fields: [StreamField("event", json)]),
            stream: 0,
            partition: 0,
            size: 100
        )
    }

    /// Delivers entries one request after the other.
    private func deliver(_ entries: [PlannedEntry]) -> [EntryCompletion] {
        let queues = ContactQueues(rules: QueueRules(coalescing: .lossless))
        var state = DeliveryState(contactQueues: queues, isLimited: false, maxInFlight: 4, retry: RetryPolicy())
        var ends = entries.flatMap { state.contactQueues.admit($0) }
        while case .send(let start) = state.next(now: now) {
            let answer = LoopsResponse(outcome: .delivered, status: 200)
            ends += state.answered(start, answer, began: now, now: now + .milliseconds(40), random: 0).ends
        }
        return ends
    }

    @Test("An entry's way: its event, its request and the answer, from planning to its end")
    func way() throws {
        let journal = EventJournal(maxEntries: 10, streams: ["s"])
        let json = #"{"type":"track","event":"Signed Up","messageId":"m-1","userId":"ann@example.com"}"#
        journal.completed(deliver([plan(json, id: 7, planner())]), at: 1)
        let entry = try #require(journal.search(JournalQuery("m-1", knowsContacts: false), atMost: 5).first)
        #expect(entry.outcome == .delivered && entry.contact == "ann@example.com" && entry.seconds == 0.993)
        #expect(entry.events == [EventHead(try SegmentEvent(JSONParser.parse(Array(json.utf8))))])
        let request = try #require(entry.requests.first)
        #expect(request.mapping == "Send event" && request.status == 200 && request.atLoops == .milliseconds(40))
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""eventName":"Signed Up""#))
    }

    @Test("An identify that shared a request says with which entry")
    func coalesced() throws {
        let json = #"{"type":"identify","userId":"u","traits":{"email":"u@example.com"}}"#
        let planner = planner()
        let ends = deliver([1, 2].map { plan(json, id: $0, planner) })
        let journal = EventJournal(maxEntries: 10, streams: ["s"])
        journal.completed(ends, at: 1)
        let first = try #require(journal.entry(.sample(1), stream: "s"))
        let second = try #require(journal.entry(.sample(2), stream: "s"))
        #expect(first.requests.map(\.entries) == [2] && first.coalesced == nil)
        #expect(
            second.requests.isEmpty && second.coalesced?.kind == "identical" && second.coalesced?.with == .sample(1)
        )
    }

    @Test("It is found by messageId, entry ID and hash; by the contact itself only by who may know it")
    func search() {
        let journal = EventJournal(maxEntries: 10, streams: ["s"])
        let record = JournalSamples.record(#"{"type":"track","messageId":"m-1","userId":"ann"}"#)
        journal.completed([JournalSamples.end(7, contact: "ann", record: record), JournalSamples.end(8)], at: 1)
        func found(_ text: String, knowsContacts: Bool = false) -> [UInt64] {
            journal.search(JournalQuery(text, knowsContacts: knowsContacts), atMost: 9).map(\.id.milliseconds)
        }
        #expect(found("m-1") == [7] && found("7-0") == [7] && found(Redaction.hash("ann")) == [7])
        #expect(found("ann") == [] && found("ann", knowsContacts: true) == [7])
        #expect(found("") == [8, 7] && found("nobody", knowsContacts: true) == [])
    }

    @Test("With the journal off nothing is noted, and a wait for a permit is told where it is on")
    func off() {
        #expect(plan(#"{"type":"track","event":"E","userId":"u"}"#, id: 1, planner(keepsRecords: false)).record == nil)
        var wait = PermitWait()
        #expect(wait.end(now: now) == .zero)
        wait.begin(now: now)
        wait.begin(now: now + .seconds(1))
        #expect(wait.end(now: now + .seconds(3)) == .seconds(3) && wait.end(now: now + .seconds(4)) == .zero)
    }
}
