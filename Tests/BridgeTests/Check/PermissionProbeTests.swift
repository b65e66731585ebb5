import Foundation
import Testing

@testable import Bridge
@testable import Operations
@testable import RedisStreams
@testable import StreamGroups

@Suite("The probe of the Redis user's rights", .tags(.servers), .timeLimit(.minutes(1)))
struct RightsProbeTests {
    private let probe = PermissionProbe(
        keys: GroupKeys(stream: "events", group: "g"),
        group: "g",
        limiter: nil,
        nonce: "n"
    )

    /// The commands of the rule in docs/reference/redis.md, without what a connection uses by itself.
    private func documented() throws -> Set<String> {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/reference/redis.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        let rule = try #require(lines.first { $0.hasPrefix("ACL SETUSER bridge ") })
        let names = rule.split(separator: " ").filter { $0.hasPrefix("+") }.map { $0.dropFirst().prefix { $0 != "|" } }
        return Set(names.map(String.init)).subtracting(["ping", "info", "client", "select"])
    }

    @Test("It tries exactly the commands of the documented rule")
    func complete() throws {
        #expect(try Set(probe.commands.map { $0.name.lowercased() }) == documented())
    }

    @Test("It passes with all rights, leaves nothing behind, and changes nothing of the stream")
    func allRights() async throws {
        try await ScriptFixture.run { fixture in
            _ = try await fixture.openSession()
            let ids = try await fixture.add(contacts: 3)
            let before = try await fixture.hash(fixture.keys.state)
            let probe = PermissionProbe(keys: fixture.keys, group: ScriptFixture.group, limiter: "l", nonce: "n")
            let answers = try await fixture.client.pipeline(probe.commands)
            let errors = answers.map { answer -> RedisServerError? in
                guard case .failure(let fault) = answer else { return nil }
                return fault
            }
            #expect(probe.result(errors).verdict == .ok)
            // Only the script that nobody has.
            #expect(errors.compactMap { $0?.code } == ["NOSCRIPT"], "\(errors)")
            let keys = try await fixture.send("KEYS", "*check*").array ?? []
            #expect(keys.isEmpty)
            #expect(try await fixture.hash(fixture.keys.state) == before)
            #expect(try await fixture.client.range(fixture.stream, count: 10).map(\.id) == ids)
        }
    }

    @Test("What is refused is named, once")
    func refused() {
        let fault = RedisServerError("NOPERM this user has no permissions to run the 'xadd' command")
        let keys = RedisServerError("NOPERM this user has no permissions to access one of the keys used as arguments")
        let errors = probe.commands.map { command -> RedisServerError? in
            command.name == "XADD" || command.name == "DEL" ? fault : command.name == "XLEN" ? keys : nil
        }
        let result = probe.result(errors)
        #expect(result.verdict == .fault && result.advice?.contains("docs/reference/redis.md") == true)
        #expect(result.text == "the Redis user may not: xlen on the bridge's keys, del, xadd")
    }
}
