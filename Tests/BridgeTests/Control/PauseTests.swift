import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("A pause as it is kept")
struct PauseTests {
    @Test("It reads what it wrote")
    func roundTrip() {
        let pause = Pause(since: 1_764_000_000_123, by: "ann@host", reason: #"mapping "plan" is wrong"#)
        #expect(Pause(pause.text) == pause)
    }

    @Test(
        "Anything else in its place is a pause too",
        arguments: ["", "1", "{", "[]", #"{"since":1e300}"#, "ünlesbar"]
    )
    func foreign(text: String) {
        #expect(Pause(text).by == "unknown" && Pause(text).since == 0)
    }

    @Test("Names and reasons are one line, without control characters, and have a length")
    func plain() {
        let pause = Pause(since: 0, by: "a\u{1B}[31m\nb", reason: String(repeating: "x", count: 1000) + "\r\n")
        #expect(pause.by == "a [31m b")
        #expect(pause.reason.count == Pause.maxReason)
        #expect(Pause(since: 0, by: String(repeating: "y", count: 1000), reason: "").by.count == Pause.maxName)
    }
}
