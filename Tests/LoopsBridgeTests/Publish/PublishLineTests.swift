import Bridge
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("publish: lines become entries")
struct PublishLineTests {
    @Test("An event goes as it came, to the byte")
    func event() {
        let line = Array(#"{ "type" : "track" , "n" : 1.0 }"#.utf8)
        #expect(PublishLine(line) == .events([line]))
    }

    @Test("A batch is split")
    func batch() {
        let line = Array(#"{"batch":[{"type":"track","userId":"a"},{"type":"track","userId":"b"}]}"#.utf8)
        #expect(
            PublishLine(line)
                == .events([
                    Array(#"{"type":"track","userId":"a"}"#.utf8), Array(#"{"type":"track","userId":"b"}"#.utf8),
                ])
        )
    }

    @Test("A batch gives its events what it says once for all of them")
    func inheritance() {
        let line = Array(#"{"context":{"ip":"1"},"batch":[{"type":"track"},{"type":"page","context":{}}]}"#.utf8)
        let events = [#"{"type":"track","context":{"ip":"1"}}"#, #"{"type":"page","context":{}}"#]
        #expect(PublishLine(line) == .events(events.map { Array($0.utf8) }))
    }

    @Test("An array is taken event by event, batches in it included")
    func array() {
        let line = Array(#"[{"type":"track"},{"batch":[{"type":"page"}]}]"#.utf8)
        #expect(PublishLine(line) == .events([Array(#"{"type":"track"}"#.utf8), Array(#"{"type":"page"}"#.utf8)]))
    }

    @Test("A track whose name of a property is batch is no batch")
    func trackWithBatch() {
        let line = Array(#"{"type":"track","batch":1}"#.utf8)
        #expect(PublishLine(line) == .events([line]))
    }

    private func spread(_ text: String) -> (last: SpreadValue.Step?, value: String?) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard var value = SpreadValue(lines[0], number: 3) else { return (nil, nil) }
        var last: SpreadValue.Step?
        for line in lines.dropFirst() { last = value.take(line) }
        return (last, String(decoding: value.value, as: UTF8.self))
    }

    @Test("A value over several lines is put together")
    func spreadValues() {
        let text = "{\n  \"type\": \"track\",\n  \"a\": {\n    \"b\": 1\n  }\n}"
        #expect(spread(text) == (.complete, text))
        #expect(spread("[\n{\"a\": 1},\n{\"a\": 2}\n]").last == .complete)
        #expect(spread("[{\"a\": 1},\n{\"a\": 2}]").last == .complete, "an element a line")
        #expect(spread(#"{"type":"track"}"#).last == nil && spread("not json").last == nil)
    }

    @Test("A line that was cut off takes no line behind it along")
    func cutOff() {
        #expect(spread("{\"type\":\n{\"type\":\"page\"}").last == SpreadValue.Step.none)
        #expect(spread("{\n  \"a\": 1,\n}").last == SpreadValue.Step.none)
    }

    @Test("What is told is bounded, and says how much more there is")
    func summary() {
        var summary = PublishSummary()
        #expect(summary.fates == nil && summary.notes.isEmpty)
        for line in 1...30 { summary.count(.ignored(why: "no"), of: "line \(line)") }
        summary.count(.delivered([]), of: "line 31")
        summary.count(.deadLettered(why: "bad"), of: "line 32")
        #expect(summary.notes.count == PublishSummary.maxFaults + 1 && summary.notes.last == "… and 11 more")
        #expect(summary.notes[0] == "line 1 would be ignored: no")
        #expect(summary.fates == "of these a bridge with these settings would ignore 30 and dead-letter 1")
        #expect(summary.verdict.hasPrefix("nothing was added; of 32 events 1 would be delivered"))
    }

    @Test(
        "What is no event is left out, with a reason",
        arguments: ["{", "[]", "1", #"{"batch":1}"#, #"{"batch":[1]}"#]
    )
    func refused(line: String) {
        guard case .refused(let reason) = PublishLine(Array(line.utf8)) else {
            Issue.record("taken: \(line)")
            return
        }
        #expect(!reason.isEmpty)
    }
}
