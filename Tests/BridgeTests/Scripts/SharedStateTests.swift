import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Two streams whose state has the same keys", .tags(.servers), .timeLimit(.minutes(2)))
struct SharedStateTests {
    @Test("The first one to open has them; the other is refused, loses nothing, and is told why")
    func refused() async throws {
        try await ScriptFixture.run(stream: "a") { fixture in
            let other = ScriptFixture(server: fixture.server, client: fixture.client, stream: "{a}")
            #expect(fixture.keys.state == other.keys.state)
            let id = try await other.add(contact: "u")
            _ = try await fixture.openSession()
            let fault = await #expect(throws: GroupError.self) { try await other.openSession() }
            #expect(fault == .otherStream(stream: "{a}", owner: "a") && fault?.isRetryable == false)
            #expect("\(fault, default: "")".hasPrefix("the stream {a} has the keys of the stream a for its state"))
            #expect(try await other.client.groupInfos("{a}").isEmpty)
            #expect(try await other.client.range("{a}", count: 10).map(\.id) == [id])
            // Its own stream is opened again as often as it likes.
            _ = try await fixture.openSession()
        }
    }
}
