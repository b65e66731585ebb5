import Destination
import DevKit
import JSON
import Loops
import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import StreamGroups
@testable import Support

@Suite("The journal: the last entries, bounded by their number and by their bytes")
struct JournalTests {
    private func journal(_ maxEntries: Int, of count: Int) -> Journal {
        var journal = Journal(maxEntries: maxEntries)
        for id in 1...UInt64(count) { journal.append(JournalSamples.end(id), at: Double(id)) }
        return journal
    }

    @Test("The oldest entries go when there are too many, and who looks behind them is told how many are gone")
    func count() {
        let journal = journal(3, of: 10)
        #expect(journal.all.map(\.number) == [8, 9, 10] && journal.all.map(\.id.milliseconds) == [8, 9, 10])
        let seen = journal.entries(after: 4, atMost: 2)
        #expect(seen.entries.map(\.number) == [8, 9] && seen.missed == 3)
        let newest = journal.entries(after: 9, atMost: 10)
        #expect(newest.entries.map(\.number) == [10] && newest.missed == 0)
        #expect(journal.entries(after: 10, atMost: 10).entries.isEmpty)
        // A number of another process, which had more.
        #expect(journal.entries(after: 1000, atMost: 10).missed == 0)
    }

    @Test("Large entries take the place of several: the bytes are bounded, whatever comes")
    func bytes() {
        var journal = Journal(maxEntries: 100)
        let text = String(repeating: "y", count: 12_000)
        for id in 1...500 as ClosedRange<UInt64> {
            let record = JournalSamples.record(#"{"type":"track","userId":"u","x":"\#(text)"}"#, id: id)
            journal.append(JournalSamples.end(id, record: record), at: 0)
            #expect(journal.bytes <= journal.maxBytes)
        }
        #expect(journal.count > 10 && journal.count < 20)
        #expect(journal.all.last?.isCut == false)
    }

    @Test("An entry over 16 KB is cut to its beginning and says so; its names are cut too")
    func large() throws {
        let text = String(repeating: "ä", count: 100_000)
        let record = JournalSamples.record(#"{"messageId":"\#(text)","type":"track","event":"\#(text)","userId":"u"}"#)
        let entry = JournalEntry(number: 1, end: JournalSamples.end(record: record), completedAt: 0)
        #expect(entry.isCut && entry.bytes < Journal.entryBytes)
        #expect(entry.fields.reduce(0) { $0 + $1.name.count + $1.value.count } == Journal.beginningBytes)
        #expect(entry.entryBytes == record.bytes && record.bytes > 400_000)
        let head = try #require(entry.events.first)
        for name in [head.messageID, head.name] {
            #expect(try #require(name).utf8.count <= EventHead.textBytes + 3 && name?.last == "…")
        }
    }

    @Test("Requests are bounded: their number, and the bytes of their bodies; what was left out is counted")
    func requests() {
        let record = JournalSamples.record(#"{"type":"track","userId":"u"}"#)
        for number in 0..<200 {
            let start = JournalSamples.start(number, call: JournalSamples.call(bodyBytes: 3000), record: record)
            record.answered(
                start,
                LoopsResponse(outcome: .delivered, status: 200),
                began: JournalSamples.now,
                took: .zero
            )
        }
        let entry = JournalEntry(number: 1, end: JournalSamples.end(record: record), completedAt: 0)
        #expect(entry.requests.count == Journal.requestsPerEntry && entry.moreRequests == 200 - 32)
        #expect(entry.requests.count { !$0.body.isEmpty } == 5 && entry.isCut)
        #expect(entry.bytes < 2 * Journal.entryBytes)
    }

    @Test("Attempts of one request are one line of it: how many, the last answer, the first wait, the time at Loops")
    func attempts() throws {
        let record = JournalSamples.record(#"{"type":"track","userId":"u"}"#)
        let start = JournalSamples.start(0, call: JournalSamples.call(bodyBytes: 10), record: record)
        let now = JournalSamples.now
        let down = LoopsResponse(outcome: .retry(.serverError), status: 503, message: "down")
        record.answered(start, down, began: now + .seconds(1), took: .milliseconds(20))
        var good = LoopsResponse(outcome: .delivered, status: 200)
        good.requestID = "r"
        record.answered(start, good, began: now + .seconds(9), took: .milliseconds(30))
        let request = try #require(
            JournalEntry(number: 1, end: JournalSamples.end(record: record), completedAt: 0).requests.first
        )
        #expect(request.attempts == 2 && request.status == 200 && request.isDelivered && request.message.isEmpty)
        #expect(request.queued == .seconds(1) && request.atLoops == .milliseconds(50) && request.requestID == "r")
        #expect(request.permitWait == .milliseconds(5) && request.mapping == "m0" && request.operation == "sendEvent")
    }

    @Test("Mappings of old loads are not kept in memory by entries of their time")
    func loads() {
        let current = CurrentDestination(.presets)
        var journal = Journal(maxEntries: 100)
        for id in 1...10 as ClosedRange<UInt64> {
            let record = JournalSamples.record(#"{"type":"track","userId":"u"}"#, rules: current.current)
            journal.append(JournalSamples.end(id, record: record), at: 0)
            current.replace(.presets)
        }
        #expect(
            journal.all.map { journal.rules(of: $0) != nil } == Array(repeating: false, count: 6) + [
                true, true, true, true,
            ]
        )
        #expect(journal.all.allSatisfy { $0.events.first?.type == "track" })
    }

    @Test("A contact that was deleted at Loops is forgotten, and nobody else: neither name nor texts stay")
    func deletion() {
        var journal = Journal(maxEntries: 10)
        let record = JournalSamples.record(#"{"type":"track","event":"E","userId":"ann"}"#)
        let fault = DeliveryFailure(reason: .refused, detail: "ann is no address", mapping: "m")
        journal.append(JournalSamples.end(1, contact: "ann", kind: .deadLettered([fault]), record: record), at: 0)
        journal.append(JournalSamples.end(2, contact: "bo", record: record), at: 0)
        var deletion = JournalSamples.end(3, contact: "ann", kind: .deleted, record: record)
        deletion.erasedContacts = ["ann", "ann@example.com"]
        journal.append(deletion, at: 0)
        #expect(journal.all.map(\.contact) == ["deleted", "bo", "deleted"])
        #expect(journal.all.map(\.events.count) == [0, 1, 0] && journal.all.map(\.fields.count) == [0, 1, 0])
        #expect(journal.all.map(\.outcome) == [.deadLettered, .delivered, .deleted])
        #expect(journal.all[0].failures.map(\.detail) == [""] && journal.all[0].failures.map(\.mapping) == ["m"])
        #expect(journal.bytes == journal.all.reduce(0) { $0 + $1.bytes })
        #expect(!String(reflecting: journal.all[0]).contains("ann"))
    }

    @Test(
        "By dice: never too many or too large, numbers without gaps, and a reader gets all that it is not told to have missed"
    )
    func random() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var journal = Journal(maxEntries: Int.random(in: 1...40, using: &random))
            var (cursor, got, missed, appended) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
            for _ in 0..<600 {
                if Int.random(in: 0..<3, using: &random) > 0 {
                    appended += 1
                    let text = String(repeating: "z", count: .random(in: 0...40_000, using: &random))
                    let record = JournalSamples.record(#"{"type":"page","name":"\#(text)","userId":"u"}"#)
                    let fault = DeliveryFailure(reason: .refused, detail: String(text.prefix(600)))
                    let kind = EntryCompletion.Kind.deadLettered([fault])
                    journal.append(JournalSamples.end(appended, kind: kind, record: record), at: 0)
                } else {
                    let seen = journal.entries(after: cursor, atMost: .random(in: 1...5, using: &random))
                    missed += seen.missed
                    got += UInt64(seen.entries.count)
                    cursor = seen.entries.last?.number ?? cursor
                }
                #expect(journal.count <= journal.maxEntries)
                #expect(journal.bytes <= journal.maxBytes && journal.bytes == journal.all.reduce(0) { $0 + $1.bytes })
                #expect(journal.all.map(\.number) == Array(journal.oldest..<(journal.taken + 1)))
            }
            #expect(got + missed == cursor && journal.taken == appended)
        }
    }
}
