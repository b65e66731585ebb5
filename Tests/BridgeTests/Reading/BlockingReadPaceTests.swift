import Testing

@testable import Bridge

@Suite("Reads that should have blocked and did not")
struct BlockingReadPaceTests {
    private let block = Duration.seconds(15)

    @Test("A server that waits is asked again at once; one that does not is asked once a second in the end")
    func paced() {
        var pace = BlockingReadPace()
        #expect(pace.emptied(after: .seconds(15), of: block) == nil && !pace.isIgnored)
        var waits: [Duration] = []
        for _ in 0..<100 { waits.append(pace.emptied(after: .milliseconds(1), of: block) ?? .zero) }
        #expect(waits == waits.sorted() && waits[0] >= BlockingReadPace.least && waits[99] == BlockingReadPace.most)
        #expect(waits.prefix(10).reduce(.zero, +) > .seconds(5), "ten reads in five seconds at the most")
        #expect(pace.isIgnored)
    }

    @Test("One early answer is chance and is not told; a read that blocks ends it")
    func chance() {
        var pace = BlockingReadPace()
        _ = pace.emptied(after: .zero, of: block)
        #expect(!pace.isIgnored)
        _ = pace.emptied(after: .seconds(14), of: block)
        #expect(pace.emptied(after: .zero, of: block) == BlockingReadPace.least)
    }
}
