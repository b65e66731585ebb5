import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("acquire_permits.lua: one pace for all replicas", .tags(.servers))
struct PermitScriptTests {
    private func limiter(_ fixture: ScriptFixture, cap: Double? = nil, streams: [StreamState] = []) -> RateLimiter {
        RateLimiter(
            client: fixture.client,
            key: GroupKeys.limiter(apiKey: "secret"),
            cap: cap,
            checksLeases: true,
            streams: streams
        )
    }

    private func ask(_ limiter: RateLimiter, _ count: Int = 1, _ news: LimiterNews = LimiterNews()) async throws
        -> PermitGrant
    {
        try await limiter.ask(PermitRequest(count: count, news: news))
    }

    @Test("Permits lie one interval apart, whoever asks, a little below the limit; none is given far ahead")
    func pace() async throws {
        try await ScriptFixture.run { fixture in
            #expect(try await ask(limiter(fixture), 0).rate == 9.8)
            // Slow enough for any machine.
            let limiter = limiter(fixture, cap: 0.1)
            let first = try await ask(limiter)
            #expect(first.delay == .zero && first.limit == 0.1 && first.interval == .microseconds(10_204_082))
            let none = try await ask(limiter)
            #expect(none.count == 0 && none.delay > .zero && none.delay <= first.interval)
        }
    }

    @Test("What Loops tells is the limit, the configuration caps it")
    func limits() async throws {
        try await ScriptFixture.run { fixture in
            let told = try await ask(limiter(fixture), 1, LimiterNews(limit: 100))
            #expect(told.limit == 100 && told.lowestCap == nil)
            #expect(try await ask(limiter(fixture)).limit == 100, "it is remembered for everybody")
            #expect(try await ask(limiter(fixture, cap: 30)).limit == 30)
            #expect(try await ask(limiter(fixture, cap: 30), 1, LimiterNews(limit: 5)).limit == 5)
            #expect(try await ask(limiter(fixture, cap: 0.5)).interval == .microseconds(2_040_817))
            let other = try await ask(limiter(fixture, cap: 30))
            #expect(other.limit == 0.5 && other.lowestCap == 0.5, "the lowest holds for all, and all are told")
            #expect(try await ask(limiter(fixture)).limit == 0.5)
        }
    }

    @Test("A replica that has lost the partition gets no permit and uses none up")
    func fenced() async throws {
        try await ScriptFixture.run { fixture in
            let owner = try await fixture.openSession()
            let stranger = fixture.session(member: "b")
            let request = PermitRequest(count: 1, stream: 0, partition: 2)
            let refused = try await limiter(fixture, streams: [stranger]).ask(request)
            #expect(refused.isFenced && refused.count == 0)
            let granted = try await limiter(fixture, streams: [owner]).ask(request)
            #expect(!granted.isFenced && granted.count == 1 && granted.delay == .zero)
        }
    }

    @Test("A Redis that cannot be asked is an error with its reason, not silence")
    func unreachable() async throws {
        try await ScriptFixture.run { fixture in
            _ = try await fixture.send("SET", GroupKeys.limiter(apiKey: "secret"), "no hash")
            await #expect(throws: RedisError.self) { try await ask(limiter(fixture)) }
        }
    }

    @Test(
        "The key names the API key by a hash only, another key has another limiter, and all of it goes away by itself"
    )
    func key() async throws {
        #expect(!GroupKeys.limiter(apiKey: "secret").contains("secret"))
        #expect(GroupKeys.limiter(apiKey: "secret") != GroupKeys.limiter(apiKey: "secret2"))
        try await ScriptFixture.run { fixture in
            _ = try await ask(limiter(fixture))
            let time = try await fixture.client.send(
                RedisCommand("TTL", [.string(GroupKeys.limiter(apiKey: "secret"))])
            )
            #expect((time.integer ?? 0) > 3000)
        }
    }
}
