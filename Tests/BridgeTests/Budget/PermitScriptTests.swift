import RedisStreams
import Testing

@testable import Bridge

@Suite("permit.lua: one pace for all replicas")
struct PermitScriptTests {
    private func limiter(_ fixture: ScriptFixture, cap: Double? = nil, sessions: [StreamSession] = []) -> Limiter {
        Limiter(
            client: fixture.client,
            script: StreamScripts().permit,
            key: Limiter.key(apiKey: "secret"),
            cap: cap,
            checksLeases: true,
            sessions: sessions
        )
    }

    private func ask(_ limiter: Limiter, _ count: Int = 1, _ news: LimiterNews = LimiterNews()) async throws
        -> PermitGrant
    {
        try await limiter.ask(PermitRequest(count: count, news: news))
    }

    /// Sets the limiter's memory, times as seconds before now.
    private func set(_ fixture: ScriptFixture, _ values: [String: Double], ago: [String: Double] = [:]) async throws {
        let time = try await fixture.client.send(RedisCommand("TIME")).array ?? []
        let now = (Double(time[0].text ?? "") ?? 0) * 1e6 + (Double(time[1].text ?? "") ?? 0)
        let all = values.merging(ago.mapValues { now - $0 * 1e6 }) { $1 }
        let arguments = all.flatMap { [RedisArgument.string($0), .string(String(format: $1))] }
        _ = try await fixture.client.send(
            RedisCommand("HSET", [.string(Limiter.key(apiKey: "secret"))] + arguments)
        )
    }

    @Test("Permits lie one interval apart, whoever asks, a little below the limit")
    func pace() async throws {
        try await ScriptFixture.run { fixture in
            #expect(try await ask(limiter(fixture), 0).rate == 9.8)
            // Slow enough for any machine.
            let limiter = limiter(fixture, cap: 0.1)
            let first = try await ask(limiter)
            #expect(first.delay == .zero && first.limit == 0.1 && first.interval == .microseconds(10_204_082))
            let many = try await ask(limiter, 5)
            #expect(many.count == 5 && many.given == 6 && many.delay > .zero && many.delay <= first.interval)
            let next = try await ask(limiter)
            #expect(next.delay <= many.delay + many.interval * 5 && next.delay > many.interval * 4)
        }
    }

    @Test("What Loops tells is the limit, the configuration caps it")
    func limits() async throws {
        try await ScriptFixture.run { fixture in
            let told = try await ask(limiter(fixture), 1, LimiterNews(limit: 100))
            #expect(told.limit == 100 && told.interval == .microseconds(10205))
            #expect(try await ask(limiter(fixture)).limit == 100, "it is remembered for everybody")
            #expect(try await ask(limiter(fixture, cap: 30)).limit == 30)
            #expect(try await ask(limiter(fixture, cap: 30), 1, LimiterNews(limit: 5)).limit == 5)
            #expect(try await ask(limiter(fixture, cap: 0.5)).interval == .microseconds(2_040_817))
        }
    }

    @Test("A refusal stops everybody for a while and cuts the pace; a burst of refusals is one; it climbs back")
    func refused() async throws {
        try await ScriptFixture.run { fixture in
            let limiter = limiter(fixture)
            // Jitter, most likely: a short pause and a little less.
            let first = try await ask(limiter, 0, LimiterNews(refused: true))
            #expect(first.count == 0 && first.rate > 9.2 && first.rate < 9.8)
            #expect(try await pause(fixture) == 250_000)
            try await set(fixture, ["factor": 0.9], ago: ["refused_at": -9, "factor_at": 0])
            #expect(try await ask(limiter, 0, LimiterNews(refused: true)).rate > 8.7, "the same burst")
            for longer in [1_100_000, 2_200_000, 4_400_000] as [Double] {
                try await set(fixture, ["factor": 1], ago: ["refused_at": 3])
                #expect(try await ask(limiter, 0, LimiterNews(refused: true)).rate < 7)
                #expect(try await pause(fixture) == longer, "again and again: the pause is longer")
            }
            try await set(fixture, ["factor": 0.7], ago: ["factor_at": 5])
            let climbed = try await ask(limiter, 0)
            #expect(climbed.rate > 9)
            try await set(fixture, [:], ago: ["refused_at": 40])
            _ = try await ask(limiter, 0, LimiterNews(refused: true))
            #expect(try await pause(fixture) == 250_000, "after a quiet time it begins anew")
            try await set(fixture, [:], ago: ["factor_at": 60, "pause": 1, "next": 1])
            let calm = try await ask(limiter)
            #expect(calm.rate == 9.8 && calm.delay == .zero)
        }
    }

    /// The length of the last pause in microseconds.
    private func pause(_ fixture: ScriptFixture) async throws -> Double {
        let key = RedisArgument.string(Limiter.key(apiKey: "secret"))
        let values = try await fixture.client.send(RedisCommand("HMGET", [key, "pause", "refused_at"])).array ?? []
        let numbers = values.compactMap { $0.text.flatMap(Double.init) }
        return numbers[0] - numbers[1]
    }

    @Test("However often it is refused, the pace has a floor, so that it finds out when it is over")
    func floor() async throws {
        try await ScriptFixture.run { fixture in
            let limiter = limiter(fixture)
            for _ in 0..<20 {
                // A moment to come, so that it does not climb meanwhile.
                try await set(fixture, [:], ago: ["refused_at": 2, "factor_at": -600])
                _ = try await ask(limiter, 0, LimiterNews(refused: true))
            }
            try await set(fixture, [:], ago: ["factor_at": -600])
            let grant = try await ask(limiter)
            #expect(grant.rate > 0.4 && grant.rate < 0.6)
            #expect(grant.delay < .seconds(20))
        }
    }

    @Test("After an outage the pace begins low; what is lower already stays")
    func afterOutage() async throws {
        try await ScriptFixture.run { fixture in
            let rate = try await ask(limiter(fixture), 0, LimiterNews(isBack: true)).rate
            #expect(rate > 1.9 && rate < 2.1)
            try await set(fixture, ["factor": 0.1], ago: ["factor_at": 0])
            let lower = try await ask(limiter(fixture), 0, LimiterNews(isBack: true)).rate
            #expect(lower < 1.5)
        }
    }

    @Test("It yields to other clients and takes back with time, and never gives up all of it")
    func others() async throws {
        try await ScriptFixture.run { fixture in
            let limiter = limiter(fixture)
            let yielding = try await ask(limiter, 0, LimiterNews(others: 4))
            #expect(yielding.rate > 5.8 && yielding.rate < 6.2)
            let smaller = try await ask(limiter, 0, LimiterNews(others: 1))
            #expect(smaller.rate < 6.2, "a smaller look does not undo a larger one")
            try await set(fixture, [:], ago: ["others_at": 5])
            let half = try await ask(limiter, 0).rate
            // Later than that on a busy machine, so that it has taken back more.
            #expect(half > 7.7 && half < 9.8)
            let none = try await ask(limiter, 0, LimiterNews(others: 500)).rate
            #expect(none > 0.95 && none < 1.05)
        }
    }

    @Test("A replica that has lost the partition gets no permit and uses none up")
    func fenced() async throws {
        try await ScriptFixture.run { fixture in
            let owner = try await fixture.openSession()
            let stranger = fixture.session(member: "b")
            let request = PermitRequest(count: 1, stream: 0, partition: 2)
            let refused = try await limiter(fixture, sessions: [stranger]).ask(request)
            #expect(refused.isOthers && refused.count == 0 && refused.given == 0)
            let granted = try await limiter(fixture, sessions: [owner]).ask(request)
            #expect(!granted.isOthers && granted.count == 1 && granted.delay == .zero)
        }
    }

    @Test("A promoted server with a clock far behind stops nobody")
    func otherClock() async throws {
        try await ScriptFixture.run { fixture in
            try await set(
                fixture,
                ["given": 5, "factor": 0.5, "others": 3],
                ago: [
                    "next": -3600, "pause": -3600, "factor_at": -3600, "refused_at": -3600, "others_at": -3600,
                ]
            )
            let grant = try await ask(limiter(fixture))
            #expect(grant.delay == .zero && grant.count == 1 && grant.rate > 0)
            #expect(try await ask(limiter(fixture), 0, LimiterNews(refused: true)).count == 0)
        }
    }

    @Test(
        "The key names the API key by a hash only, another key has another limiter, and all of it goes away by itself"
    )
    func key() async throws {
        #expect(!Limiter.key(apiKey: "secret").contains("secret"))
        #expect(Limiter.key(apiKey: "secret") != Limiter.key(apiKey: "secret2"))
        try await ScriptFixture.run { fixture in
            _ = try await ask(limiter(fixture))
            let time = try await fixture.client.send(RedisCommand("TTL", [.string(Limiter.key(apiKey: "secret"))]))
            #expect((time.integer ?? 0) > 3000)
        }
    }
}

extension String {
    /// A number without an exponent.
    fileprivate init(format number: Double) {
        self = number == number.rounded() && abs(number) < 9e18 ? String(Int64(number)) : String(number)
    }
}
