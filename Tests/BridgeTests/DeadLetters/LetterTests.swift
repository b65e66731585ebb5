import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import Operations
@testable import StreamGroups
@testable import Support

@Suite("DeadLetter: what is read back of a dead letter, and which one is meant")
struct LetterTests {
    @Test("What was written comes back")
    func read() throws {
        let letter = try DeadLetter.sample()
        #expect(letter.reason == "refused" && letter.detail == "why it was refused" && letter.status == 400)
        #expect(letter.answer == "No." && letter.attempts == 3 && letter.mapping == "m" && letter.stream == "events")
        #expect(letter.entry == .sample(7) && letter.contact == "ann" && letter.deadAt == 1_000_000)
        #expect(letter.fields == [StreamField("event", #"{"type":"track","userId":"ann"}"#)])
        #expect(letter.obstacle == nil && letter.fieldsLeftOut == 0)
    }

    @Test("What something else wrote is no letter")
    func foreign() {
        let decoder = EntryDecoder()
        #expect(DeadLetter(StreamEntry(id: .sample(1), fields: [StreamField("a", "b")]), decoder: decoder) == nil)
        #expect(DeadLetter(StreamEntry(id: .sample(1), fields: nil), decoder: decoder) == nil)
        let turned = DeadLetter.entry().fields.map { Array($0.reversed()) }
        #expect(DeadLetter(StreamEntry(id: .sample(1), fields: turned), decoder: decoder) == nil)
    }

    @Test("A letter that does not hold the whole entry cannot be replayed, and says why")
    func obstacles() throws {
        let left = [StreamField("fieldsLeftOut", "70")]
        let cut = try #require(DeadLetter(DeadLetter.entry(own: left), decoder: EntryDecoder()))
        #expect(cut.fieldsLeftOut == 70 && cut.fields.isEmpty)
        #expect(cut.obstacle?.contains("left in") == true)
        let event = [StreamField("fieldsLeftOut", "{}")]
        let own = try #require(DeadLetter(DeadLetter.entry(own: event), decoder: EntryDecoder()))
        #expect(own.obstacle == nil && own.fields.count == 1, "the entry's own field of that name")
        let gone = try #require(DeadLetter(DeadLetter.entry(own: []), decoder: EntryDecoder()))
        #expect(gone.obstacle?.contains("gone from the stream") == true)
    }

    @Test("A letter that names no contact is asked for that of its entry")
    func poison() throws {
        let poison = try #require(DeadLetter(DeadLetter.entry(contact: "7-0"), decoder: EntryDecoder()))
        #expect(poison.contact == "ann")
        let nobody = DeadLetter.entry(contact: "7-0", own: [StreamField("event", "{")])
        #expect(try #require(DeadLetter(nobody, decoder: EntryDecoder())).contact == nil)
    }

    @Test("Filters narrow each other; what is not set lets all through")
    func filters() throws {
        let letter = try DeadLetter.sample(mapping: "a,b")
        func passes(now: Int64 = 1_060_000, _ set: (inout DeadLetterFilter) -> Void) -> Bool {
            var filter = DeadLetterFilter()
            set(&filter)
            return filter.matches(letter, now: now)
        }
        #expect(passes { _ in })
        #expect(passes { $0.reasons = ["refused", "poison"] })
        #expect(!passes { $0.reasons = ["poison"] })
        #expect(passes { $0.mappings = ["b"] } && passes { $0.mappings = ["a,b"] })
        #expect(!passes { $0.mappings = ["c"] })
        #expect(passes { $0.contact = "ann" })
        #expect(!passes { $0.contact = "Ann" } && !passes { $0.contact = "an" })
        #expect(passes { $0.streams = ["events"] } && !passes { $0.streams = ["other"] })
        #expect(passes { $0.ids = [.sample(500)] } && !passes { $0.ids = [.sample(501)] })
        // It is a minute old.
        #expect(passes { $0.olderThan = .seconds(59) } && !passes { $0.olderThan = .seconds(60) })
        #expect(passes { $0.newerThan = .seconds(61) } && !passes { $0.newerThan = .seconds(60) })
        #expect(!passes(now: 0) { $0.olderThan = .seconds(1) }, "a clock that is behind makes nothing old")
        #expect(
            !passes {
                $0.contact = "ann"
                $0.reasons = ["poison"]
            }
        )
    }

    @Test("A contact that differs only in how its letters are composed is another one")
    func bytes() throws {
        let letter = try DeadLetter.sample(contact: "\u{E9}va")
        var filter = DeadLetterFilter()
        filter.contact = "e\u{301}va"
        #expect(!filter.matches(letter, now: 0))
    }

    @Test("Masking leaves out contacts and addresses, and leaves the rest")
    func masking() {
        #expect(Redaction.masking("u-123 is taken by ann@example.com.", contact: "u-123") == "… is taken by …@…")
        #expect(Redaction.masking("an @ alone stays", contact: "an") == "an @ alone stays")
        #expect(Redaction.masking("", contact: nil) == "")
    }
}
