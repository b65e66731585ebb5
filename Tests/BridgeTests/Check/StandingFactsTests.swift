import Loops
import RedisStreams
import Testing

@testable import Bridge
@testable import Operations

@Suite("What is looked at beside rights: trimming, failover, files")
struct StandingFactsTests {
    @Test("Behind sentinels: no replicas wanted, none there, a lag that is too long, and good")
    func failover() {
        #expect(FailoverFacts(ServerInfo("role:master\r\n")).result.verdict == .warning)
        #expect(
            FailoverFacts(ServerInfo("role:master\r\n")).result.advice?.contains("min-replicas-to-write 1") ?? false
        )
        #expect(FailoverFacts(ServerInfo("min_slaves_good_slaves:0\r\n")).result.verdict == .fault)
        var facts = FailoverFacts(ServerInfo("min_slaves_good_slaves:2\r\n"))
        #expect(facts.result.verdict == .ok, "what nobody says is not held against it")
        facts.unknown = "NOPERM"
        #expect(facts.result.verdict == .ok && facts.result.text.hasSuffix("is not known: NOPERM"))
        facts.unknown = nil
        facts.maxLag = 10
        facts.downAfterMilliseconds = 5000
        #expect(facts.result.verdict == .warning)
        facts.maxLag = 3
        #expect(facts.result.verdict == .ok)
    }

    @Test("Open files: what the settings need, and no warning where there are enough")
    func openFiles() throws {
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: "redis://h"),
            loops: LoopsConfiguration(baseURL: "http://h", apiKey: "k", userAgent: "test"),
            instance: "i"
        )
        #expect(OpenFilesFact.result(limit: 1024, configuration) == nil)
        #expect(OpenFilesFact.result(limit: 64, configuration)?.verdict == .warning)
        configuration.loops.maxInFlight = 1000
        #expect(OpenFilesFact.result(limit: 1024, configuration)?.text.contains("may open 1024 files") ?? false)
    }
}
