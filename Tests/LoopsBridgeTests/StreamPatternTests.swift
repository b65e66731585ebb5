import Bridge
import Testing

@testable import BridgeService

@Suite("Names of several streams in one word")
struct StreamPatternTests {
    @Test(
        "A pattern stands for its streams, what is none for itself",
        arguments: [
            ("segment:events", ["segment:events"]), ("{shop}:events", ["{shop}:events"]),
            ("segment:events:{0..2}", ["segment:events:{0}", "segment:events:{1}", "segment:events:{2}"]),
            ("{shop}:{7..7}", ["{shop}:{7}"]), ("a{0..", ["a{0.."]), ("a{x..3}", ["a{x..3}"]), ("a{..3}", ["a{..3}"]),
            ("a{3..0}", nil), ("a{0..1024}", nil),
        ] as [(String, [String]?)]
    )
    func names(text: String, names: [String]?) { #expect(StreamPattern.names(text) == names) }

    @Test("bridge.streams takes patterns, with one weight for all, and no stream twice")
    func setting() {
        let kind = ValueKind<[BridgeConfiguration.Stream]>.streams
        #expect(kind.read("a:{0..1}=5,b")?.map(\.name) == ["a:{0}", "a:{1}", "b"])
        #expect(kind.read("a:{0..1}=5,b")?.map(\.weight) == [5, 5, 1])
        #expect(kind.read("a:{0..1},a:{1}") == nil)
    }
}
