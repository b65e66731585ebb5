import DevKit
import Testing

@testable import RedisStreams

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Behind sentinels", .tags(.servers), .timeLimit(.minutes(3)))
struct SentinelTests {
    /// - Parameter url: of the sentinels.
    private func configuration(_ url: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.commandTimeout = .seconds(30)
        configuration.backoffBase = .milliseconds(5)
        configuration.backoffCap = .milliseconds(100)
        return configuration
    }

    /// Sends a write until it is taken.
    private func insist(_ client: RedisClient, _ value: String) async throws {
        while true {
            do {
                _ = try await client.send(RedisCommand("SET", ["key", .string(value)]))
                return
            } catch  where error.isRetryable {
                continue
            }
        }
    }

    @Test("The server that takes writes is found, and the next one after it has ended")
    func primaryEnds() async throws {
        try await RedisSentinels.run { sentinels in
            try await withClient(configuration(sentinels.url)) { client, log in
                try await insist(client, "1")
                guard case .connected(let first) = client.state else {
                    Issue.record("not connected")
                    return
                }
                await sentinels.primary.stop(SIGKILL)
                try await insist(client, "2")
                guard case .connected(let second) = client.state else {
                    Issue.record("not connected")
                    return
                }
                #expect(first.runID != second.runID)
                #expect(try await RedisCLI.run(port: sentinels.standby.port, "get", "key") == ["2"])
            }
        }
    }

    @Test("A server that was demoted and lives on is left, and the refused write was not done")
    func demoted() async throws {
        try await RedisSentinels.run { sentinels in
            try await withClient(configuration(sentinels.url)) { client, log in
                try await insist(client, "1")
                try await sentinels.failOver()
                // The old one is made a copy of the new one by the sentinels; then it refuses writes.
                try await RedisCLI.wait(port: sentinels.primary.port, "role") { $0.first == "slave" }
                try await insist(client, "2")
                #expect(try await RedisCLI.run(port: sentinels.standby.port, "get", "key") == ["2"])
            }
        }
    }

    @Test("A name that the sentinels do not know, and sentinels that are not there, are said plainly")
    func faults() async throws {
        try await RedisSentinels.run { sentinels in
            var unknown = try configuration(sentinels.url.replacing("/events", with: "/nobody"))
            unknown.commandTimeout = .milliseconds(500)
            try await withClient(unknown) { client, log in
                // The first answers may be that no attempt has come to its end yet.
                var error = ""
                while !error.contains("do not know nobody") {
                    error = await fault { _ = try await client.send(RedisCommand("PING")) }?.description ?? ""
                }
            }
        }
        var absent = try configuration("redis+sentinel://127.0.0.1:\(FreePort.take())/events")
        absent.commandTimeout = .milliseconds(500)
        try await withClient(absent) { client, log in
            var error: RedisError?
            while error?.description.contains("no sentinel says where events is") != true {
                error = await fault { _ = try await client.send(RedisCommand("PING")) }
                #expect(error?.mayHaveBeenApplied == false)
            }
        }
    }
}
