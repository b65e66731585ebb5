import Bridge
import JSON
import RedisStreams
import Testing

@testable import Bridge
@testable import BridgeService
@testable import StreamGroups
@testable import Support
@testable import loops_bridge

@Suite("Dead letters as they are shown")
struct LetterTextTests {
    private func letter(
        contact: String = "ann@example.com",
        detail: String = "ann@example.com is no good",
        event: String = "{\u{1B}[2J}"
    ) throws -> DeadLetter {
        let values = [
            "refused", detail, "400", "No ann@example.com.", "3", "A mapping with a long name", "events", "7-0",
            contact, "req-1", "key-1", "", "1000000",
        ]
        let fields = zip(DeadLetter.fieldNames, values).map { StreamField($0, $1) } + [StreamField("event", event)]
        let entry = StreamEntry(id: StreamID(milliseconds: 500, sequence: 1), fields: fields)
        return try #require(DeadLetter(entry))
    }

    @Test("A line has every column, says who only as a hash, and is cut")
    func row() throws {
        let text = DeadLetterText(now: 1_090_000)
        #expect(
            text.row(try letter())
                == "90s    refused              -                     A mapping with a lo…  "
                + "\(Redaction.hash("ann@example.com"))    400     3         500-1              … is no good"
        )
        let long = try letter(detail: String(repeating: "x ", count: 100))
        #expect(text.row(long).hasSuffix("x x "), "no terminal cuts it")
        #expect(DeadLetterText(now: 0, showsContacts: true).row(try letter()).contains("ann@example…"))
        #expect(text.header.hasPrefix("AGE    REASON"))
    }

    @Test(
        "A line fits its terminal; the event is named, on a line of its own where it is narrow",
        arguments: [40, 60, 80, 120, 200]
    )
    func widths(width: Int) throws {
        let text = DeadLetterText(now: 1_090_000, columns: DeadLetterColumns(width: width))
        let letter = try letter(
            detail: String(repeating: "why ", count: 100),
            event: #"{"type":"track","event":"Order Completed"}"#
        )
        let lines = text.row(letter).split(separator: "\n")
        #expect(lines.count == (width < 80 ? 2 : 1) && lines.allSatisfy { $0.count <= width }, "\(lines)")
        #expect(text.row(letter).contains("Order Completed") && text.row(letter).contains("500-1"))
        #expect(text.header.count <= width && lines.last?.count == width)
    }

    @Test("An event goes by the name of a track, else by its type; a batch counts the others")
    func eventNames() throws {
        func name(_ event: String) throws -> String? { try letter(event: event).eventName }
        #expect(try name(#"{"type":"identify"}"#) == "identify")
        #expect(try name(#"{"batch":[{"type":"page"},{"type":"page"}]}"#) == "page +1")
        #expect(try name("{") == nil)
    }

    @Test("As JSON contacts are left out unless asked for; unknown is null")
    func json() throws {
        let hidden = DeadLetterText(now: 0).json(try letter()).jsonText
        #expect(!hidden.contains("ann@example.com") && hidden.contains(Redaction.hash("ann@example.com")))
        let shown = DeadLetterText(now: 0, showsContacts: true).json(try letter(), withFields: true)
        #expect(shown["contact"] == "ann@example.com" && shown["status"] == 400)
        #expect(shown["fields"]?.arrayValue?.count == 1)
    }

    @Test("Everything is everything, and no control character reaches the terminal")
    func full() throws {
        let full = DeadLetterText(now: 1_000_000, showsContacts: true).full(try letter())
        #expect(full.contains("contact        ann@example.com\n") && full.contains("entry          7-0 of events\n"))
        #expect(full.contains("  event  {\u{FFFD}[2J}\n") && !full.contains("\u{1B}"))
    }

    @Test("Texts are cut, and times told in the unit that fits")
    func shown() {
        #expect("a\nb\u{7}\u{202E}c".shown == "a b\u{FFFD}\u{FFFD}c")
        #expect("abcd".cut(to: 4) == "abcd" && "abcde".cut(to: 4) == "abc…")
        #expect(
            [119, 120, 7200, 200_000].map { ShownTime.age(milliseconds: $0 * 1000) } == ["119s", "2m", "2h", "2d"]
        )
        let waits = [0.4, 90, 240, 10_000, 864_000, .infinity].map { ShownTime.wait(seconds: $0) }
        #expect(waits == ["less than a second", "90 s", "4 min", "3 h", "10 days", "for ever"])
    }
}
