import Testing

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
