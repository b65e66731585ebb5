import DevKit
import Testing

@testable import RedisStreams

@Suite(.tags(.servers), .timeLimit(.minutes(1))) struct OutageReportsTests {
    @Test func oneOfSeveralClientsTellsOfAnOutage() {
        let reports = OutageReports()
        #expect(reports.isNew("refused", of: "a") && !reports.isNew("refused", of: "a"))
        #expect(reports.isNew("refused", of: "b"), "another server")
        #expect(reports.isNew("WRONGPASS", of: "a"), "another reason")
        reports.ended("a")
        #expect(reports.isNew("WRONGPASS", of: "a"))
    }

    @Test func whatIsRememberedIsBounded() {
        let reports = OutageReports()
        for number in 0...1000 { #expect(reports.isNew("refused", of: "\(number)")) }
    }

    /// A server without TLS says nothing to the greeting, or something else.
    @Test func aPortWithoutTLSIsAskedAbout() async throws {
        try await RedisServer.run { server in
            var configuration = try RedisConfiguration(url: "rediss://127.0.0.1:\(server.port)")
            configuration.connectTimeout = .milliseconds(300)
            try await withClient(configuration) { client, log in
                await log.disconnected("no TLS at this port?")
                let error = await fault { _ = try await client.echo("x", timeout: .milliseconds(20)) }
                #expect(error?.description.contains("no TLS at this port?") == true)
            }
        }
    }
}
