import Bridge
import JSON
import Testing

@testable import BridgeService
@testable import Destination
@testable import Support
@testable import loops_bridge

@Suite("What tail reads, shows and leaves out")
struct TailTests {
    private static let entry: JSONValue = [
        "completedAt": 3661.5, "outcome": "delivered", "entry": "7-0", "stream": "s", "replica": "r1", "seconds": 0.084,
        "contactHash": .string(Redaction.hash("ann")), "contact": .null, "eventCount": 1,
        "events": [["type": "track", "name": "Signed Up", "messageId": "m"]],
        "requests": [
            [
                "mapping": "Send event", "operation": "sendEvent", "status": 200, "attempts": 2, "delivered": true,
                "message": "", "queuedSeconds": 0.01, "permitWaitSeconds": 0.002, "loopsSeconds": 0.04, "entries": 1,
            ]
        ],
        "failures": [], "coalesced": .null,
    ]

    @Test("A line says when, what became of whose event, by which mapping, and how long it took")
    func line() {
        let hash = Redaction.hash("ann")
        #expect(
            JournalText().line(Self.entry)
                == "01:01:01.500  delivered     7-0  \(hash)  track \"Signed Up\"  → Send event 200 after 2 attempts  84 ms"
        )
        #expect(JournalText(namesReplicas: true).line(Self.entry).hasSuffix("84 ms  by r1"))
        #expect(JournalText(style: .coloured).line(Self.entry).contains("\u{1B}[32mdelivered   \u{1B}[0m"))
    }

    @Test("What an event holds cannot steer the terminal, in colours or without")
    func hostile() {
        var object = Self.entry.objectValue ?? [:]
        object["events"] = [["type": "track", "name": "a\u{1B}[2Jb\u{1B}]0;x\u{07}\nc"]]
        for style in [TextStyle.plain, .coloured] {
            let line = JournalText(style: style).line(.object(object))
            #expect(!line.contains("\u{1B}]") && !line.contains("\u{07}") && !line.contains("\n"))
            #expect(!line.contains("\u{1B}[2J"))
        }
    }

    @Test("why says it in sentences")
    func words() {
        let words = JournalText().words(Self.entry, now: 3671.5)
        #expect(words.first == "delivered 10 s ago by r1, 84 ms after it was added")
        #expect(
            words.last
                == "mapping Send event: sendEvent, 200 after 2 attempts; 10 ms in the queue, of which 2 ms for a permit, 40 ms at Loops"
        )
    }

    @Test("Filters fit streams, mappings, outcomes, names or types, and contacts or their hashes")
    func filters() {
        let good = [
            TailFilter(), TailFilter(streams: ["x", "s"]), TailFilter(mappings: ["Send event"]),
            TailFilter(outcomes: ["delivered"]), TailFilter(events: ["Signed Up"]), TailFilter(events: ["track"]),
            TailFilter(contacts: ["ann"]), TailFilter(contacts: [Redaction.hash("ann")]),
        ]
        let bad = [
            TailFilter(streams: ["x"]), TailFilter(mappings: ["Other"]), TailFilter(outcomes: ["lost"]),
            TailFilter(events: ["Left"]), TailFilter(contacts: ["bob"]),
            TailFilter(streams: ["s"], outcomes: ["ignored"]),
        ]
        for filter in good { #expect(filter.passes(Self.entry), "\(filter)") }
        for filter in bad { #expect(!filter.passes(Self.entry), "\(filter)") }
    }
}
