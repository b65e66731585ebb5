import Loops
import Testing

@testable import Bridge

@Suite("IdempotencyKey: the same for every attempt, from any process and version")
struct IdempotencyKeyTests {
    @Test("The value is fixed: a release that changed it would deliver twice what was under way")
    func golden() {
        #expect(
            IdempotencyKey.make(event: "m-1", mapping: "Send event")
                == "lb-b016143eb741f408c18d3f0584b3f0f5ff5cdfff96b7e1c9708e455538c49608"
        )
    }

    @Test("Event and mapping both count, and the border between them")
    func differs() {
        let pairs = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("c", "ab"), ("é", "c"), ("e\u{301}", "c")]
        #expect(Set(pairs.map { IdempotencyKey.make(event: $0.0, mapping: $0.1) }).count == pairs.count)
    }

    @Test(
        "It fits what Loops takes, whatever the event holds",
        arguments: ["", "m", "\u{0}\n😀", String(repeating: "x", count: 100_000)]
    )
    func length(event: String) {
        let key = IdempotencyKey.make(event: event, mapping: event)
        #expect(key.count <= EncodedRequest.maxIdempotencyKeyLength)
        #expect(key.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    }
}
