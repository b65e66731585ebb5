import JSON
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("The status as tables")
struct StatusTextTests {
    private let status: JSONValue = [
        "instance": "a\u{1B}[31m", "group": "g", "version": "1.0", "ready": true, "now": 100,
        "health": ["state": "blocked", "reasons": ["Loops refuses the API key"]],
        "delivery": ["requestsPerSecond": 7.5, "limit": 10, "nextTrySeconds": 1.2],
        "backlog": ["completionsPerSecond": nil, "waiting": 12, "oldestSeconds": 0, "catchUpSeconds": 90],
        "completed": ["delivered": 3, "deleted": 0, "ignored": 0, "expired": 0, "deadLettered": 1, "lost": 0],
        "streams": [
            [
                "name": "events", "weight": 2, "lag": nil, "pending": 4, "deadLetters": 1, "error": nil, "paused": nil,
                "partitions": ["total": 8, "unassigned": 2],
                "replicas": [
                    ["name": "a", "self": true, "partitions": [0, 1, 2, 5]],
                    ["name": "b", "self": false, "partitions": []],
                ],
            ]
        ],
        "failures": [
            [
                "type": "deadLetter", "reason": "refused", "status": 400, "count": 2, "contactHash": "abc",
                "detail": "no", "lastSeenAt": 40,
            ]
        ],
    ]

    @Test("What is known is there, what is unknown is a question mark, and nothing steers the terminal")
    func tables() {
        let lines = StatusText().lines(status)
        #expect(!lines.joined().contains("\u{1B}"))
        #expect(lines[0].hasPrefix("blocked  a") && lines[1] == "  because Loops refuses the API key")
        #expect(lines[2] == "  next try in 2 s")
        #expect(lines.contains("requests  7.5/s of 10/s (75 %)"))
        #expect(lines.contains("finished  ?"))
        #expect(lines.contains("waiting   12, oldest 0 s, caught up in 90 s"))
        #expect(lines.contains("completed 3 delivered · 0 deleted · 0 ignored · 0 expired · 1 dead-lettered · 0 lost"))
        #expect(lines.contains { $0.hasPrefix("events") && $0.contains("blocked") && $0.contains("?") })
        #expect(lines.contains { $0.hasPrefix("a (asked)") && $0.hasSuffix("0-2, 5") })
        #expect(lines.contains { $0.hasPrefix("nobody") })
        #expect(lines.contains { $0.contains("60 s  dead letter  refused") && $0.hasSuffix("abc      no") })
    }

    @Test("What comes in is told, unknown as a question mark, and none as none; not of a bridge that does not tell it")
    func incoming() {
        func line(_ incoming: JSONValue?) -> String? {
            var status = JSONObject()
            if let incoming { status["incoming"] = incoming }
            return StatusText().lines(.object(status)).first { $0.hasPrefix("incoming") }
        }
        #expect(line(nil) == nil)
        #expect(line(.null) == "incoming  ?")
        #expect(line(["intakes": []]) == "incoming  no intake has told anything lately")
        let two: JSONValue = [
            "accepted": 10, "duplicates": 2, "dropped": 1, "acceptedPerSecond": 1.5, "held": nil,
            "intakes": [[:], [:]],
        ]
        #expect(line(two) == "incoming  1.5/s, 10 accepted · 2 duplicate · 1 dropped, ? held, by 2 intakes")
    }

    /// One row of the table of streams, as its cells.
    private func row(_ stream: JSONObject, drained: Bool = false, state: JSONValue = "healthy") -> [Substring] {
        var stream = stream
        stream["name"] = "events"
        let lines = StatusText().lines(
            ["streams": [.object(stream)], "drained": .bool(drained), "health": ["state": state, "reasons": []]]
        )
        return lines.first { $0.hasPrefix("events ") }?.split(separator: " ") ?? []
    }

    @Test("The oldest is as old as Redis says, 0 only when nothing waits, and else unknown: as on the page")
    func oldest() {
        #expect(row(["pending": 3, "lag": 0, "oldestUnackedSeconds": 42]).dropFirst(5).prefix(2) == ["42", "s"])
        #expect(row(["pending": 0, "lag": 0, "oldestUnackedSeconds": 0]).dropFirst(5).prefix(2) == ["0", "s"])
        for unknown in [
            ["pending": 0, "lag": 5, "oldestUnackedSeconds": 0], ["pending": 0, "lag": nil, "oldestUnackedSeconds": 0],
            ["pending": nil, "lag": 0, "oldestUnackedSeconds": 0],
        ] as [JSONObject] {
            #expect(row(unknown).dropFirst(5).first == "?", "\(unknown)")
        }
    }

    @Test("Before a heartbeat a stream is not open: it may be paused. Who paused it, since when and why is told")
    func paused() {
        #expect(row(["partitions": ["unassigned": 0]])[1] == "carried")
        #expect(row(["partitions": ["unassigned": 0]], state: "blocked")[1] == "blocked")
        #expect(row(["partitions": ["unassigned": 0], "stillSeconds": 11])[1...2] == ["stands", "still"])
        #expect(row(["partitions": ["unassigned": 3]])[1...2] == ["partitions", "without"])
        #expect(row(["partitions": ["unassigned": nil]])[1] == "?")
        #expect(row(["partitions": ["unassigned": nil]], drained: true)[1] == "drained")
        let pause: JSONValue = ["since": 1_795_536_000_123, "by": "ann", "reason": "import"]
        #expect(row(["partitions": ["unassigned": nil], "paused": pause], drained: true)[1] == "paused")
        let group: JSONValue = ["streams": [["name": "events", "paused": pause], ["name": "others", "paused": nil]]]
        let lines = StatusText().groupLines(group)
        #expect(lines.contains("events is paused since 2026-11-24T16:00:00Z by ann: import"))
        #expect(!lines.contains { $0.hasPrefix("others is") })
    }

    @Test("Colours only when they are wanted")
    func colours() {
        #expect(StatusText(hasColour: true).lines(status)[0].hasPrefix("\u{1B}[1;31mblocked\u{1B}[0m"))
    }

    @Test("An answer that says nothing is drawn as unknown")
    func empty() {
        #expect(StatusText().lines([:]).contains("waiting   ?, oldest ?, caught up in ?"))
    }

    @Test("Columns are as wide as they need to be; numbers stand to the right; long texts are cut")
    func table() {
        var table = TextTable(columns: [.init(title: "A", maxWidth: 5), .init(title: "NUMBER", isNumber: true)])
        table.rows = [["abcdefgh", "1"], ["b\n", "22"]]
        #expect(table.lines() == ["A      NUMBER", "abcd…       1", "b          22"])
    }

    @Test(
        "Where there is too little room, texts are cut first, the widest first, and then what matters least is left out"
    )
    func narrowTable() {
        var table = TextTable(columns: [
            .init(title: "NAME"), .init(title: "COUNT", isNumber: true, rank: 1), .init(title: "WORDS", rank: 2),
        ])
        table.rows = [["a long name of it", "1", "and what it says, at length"]]
        #expect(table.lines(width: 80)[1] == "a long name of it      1  and what it says, at length")
        #expect(table.lines(width: 40)[1] == "a long name of…      1  and what it say…")
        #expect(
            table.lines(width: 25)
                == ["NAME      COUNT  WORDS", "a long …      1  and wha…"]
        )
        #expect(table.lines(width: 17) == ["NAME        COUNT", "a long na…      1"])
        #expect(table.lines(width: 8) == ["NAME", "a long …"])
        for width in 8...80 { #expect(table.lines(width: width).allSatisfy { $0.count <= width }, "\(width)") }
    }

    @Test("No line of the status is wider than the terminal, and the state stands first", arguments: [40, 60, 80, 200])
    func narrowStatus(width: Int) {
        let lines = StatusText(width: width).lines(status)
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
        #expect(lines[0].hasPrefix("blocked"))
        let painted = StatusText(hasColour: true, width: width).lines(status)[0]
        #expect(painted.hasPrefix("\u{1B}[1;31mblocked\u{1B}[0m  a"))
    }

    @Test("A screen that is too low keeps what stands first, and says what is below")
    func lowScreen() {
        let lines = (1...30).map { "line \($0)" }
        let shown = Screen.fitting(lines, rows: 16)
        #expect(shown.count == 15 && shown[0] == "line 1" && shown[14] == "… 16 more lines, in a higher window")
        #expect(Screen.fitting(lines, rows: 31) == lines && Screen.fitting(lines, rows: nil) == lines)
        #expect(Screen.fitting(lines, rows: 1).count == 2)
    }
}
