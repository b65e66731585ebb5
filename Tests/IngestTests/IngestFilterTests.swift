import JSON
import Testing

@testable import Ingest

@Suite("What is dropped")
struct IngestFilterTests {
    private static let events = #"""
        {"batch":[{"type":"identify","userId":"u"},{"type":"track","event":"A","userId":"u"},{"type":"page","userId":"u"},
        {"type":"screen","userId":"u"},{"type":"group","userId":"u"},{"type":"alias","userId":"u"},
        {"type":"track","event":"B","anonymousId":"an"}]}
        """#

    private static func dropped(
        _ words: Set<IngestFilter.Word>,
        key: IngestKey = Fixtures.server,
        body: String = events,
        isMapped: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
    ) -> [IngestDropReason: Int] {
        let secret = "wk_some_0123456789"
        let pipeline = IngestPipeline(
            keys: IngestKeys([(key, [secret])]),
            filter: IngestFilter(words, isMapped: isMapped)
        )
        guard case .add(let batch, _, _) = pipeline.outcome(of: Fixtures.post("/v1/batch", body, key: secret)) else {
            Issue.record("the request is refused")
            return [:]
        }
        return batch.dropped
    }

    @Test("Nothing by default, of a server")
    func none() { #expect(Self.dropped([]).isEmpty) }

    @Test("Each word")
    func words() {
        for word in [IngestFilter.Word.page, .screen, .group, .alias, .anonymous] {
            #expect(Self.dropped([word]).map(\.key.rawValue) == [word.rawValue])
            #expect(Self.dropped([word]).values.map { $0 } == [1])
        }
        #expect(Self.dropped([.unmapped]) { $0["event"] == "A" } == [.unmapped: 6])
    }

    @Test("Whoever has an address is not anonymous")
    func anonymous() {
        let body =
            #"{"batch":[{"type":"identify","anonymousId":"a","traits":{"email":"a@example.com"}},{"type":"identify"}]}"#
        #expect(Self.dropped([.anonymous], body: body) == [.anonymous: 1])
    }

    @Test("A browser's key drops what Loops has no use for, unless it says otherwise")
    func browser() {
        let key = IngestKey(name: "p", stream: "s", kind: .browser)
        #expect(Self.dropped([], key: key) == [.page: 1, .screen: 1, .group: 1, .alias: 1, .anonymous: 1])
        var keeping = key
        keeping.drop = []
        #expect(Self.dropped([], key: keeping).isEmpty)
        // What is dropped in general stays so.
        #expect(Self.dropped([.page], key: keeping) == [.page: 1])
    }

    @Test("A key's types and events")
    func allowed() {
        #expect(Self.dropped([], key: IngestKey(name: "p", stream: "s", types: ["track"])) == [.typeNotAllowed: 5])
        #expect(Self.dropped([], key: IngestKey(name: "p", stream: "s", events: ["A"])) == [.eventNotAllowed: 1])
    }

    @Test(
        "A public key names no address, wherever a mapping may look for one",
        arguments: [
            #"{"type":"identify","userId":"u","traits":{"email":"a@example.com"}}"#,
            #"{"type":"identify","userId":"u","traits":{"Email":"a@example.com"}}"#,
            #"{"type":"identify","userId":"u","context":{"traits":{"email":"a@example.com"}}}"#,
            #"{"type":"track","userId":"u","properties":{"email":"a@example.com"}}"#,
            #"{"type":"track","userId":"u","email":"a@example.com"}"#, #"{"type":"track","userId":"a@example.com"}"#,
            #"{"type":"IDENTIFY","userId":"u","traits":{"email":["a@example.com"]}}"#,
        ]
    )
    func email(event: String) {
        let body = "{\"batch\":[\(event)]}"
        let key = IngestKey(name: "p", stream: "s", kind: .browser)
        #expect(Self.dropped([], key: key, body: body) == [.emailNotAllowed: 1])
        #expect(
            Self.dropped([], key: IngestKey(name: "p", stream: "s", kind: .browser, allowsEmail: true), body: body)
                .isEmpty
        )
        #expect(Self.dropped([], body: body).isEmpty)
    }
}
