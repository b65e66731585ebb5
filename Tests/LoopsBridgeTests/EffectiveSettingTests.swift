import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Settings in force, as the page shows them")
struct SettingInForceTests {
    private func inForce(_ environment: [String: String], flags: [String: String] = [:]) throws -> [EffectiveSetting] {
        try Settings(
            flags: flags,
            environment: environment,
            file: nil,
            hostName: "host",
            processID: 1,
            readFile: { _ in "" }
        ).inForce
    }

    @Test("No secret is among them, and every setting is")
    func secrets() throws {
        let all = try inForce([
            "REDIS_URL": "redis://ann:hunter2@example.com:7000/1", "LOOPS_API_KEY": "s3cret",
            "LOOPS_BASE_URL": "https://loops.example/api/v1", "HTTP_CONTROL_TOKEN": "0123456789abcdef-t0ken",
        ])
        #expect(all.map(\.key) == Setting.all.map(\.key))
        let text = all.map { "\($0.value) \($0.source)" }.joined(separator: "\n")
        for secret in ["hunter2", "s3cret", "t0ken"] { #expect(!text.contains(secret), "\(secret)") }
        #expect(all.contains { $0.key == "redis.url" && $0.value == "redis://example.com:7000/1" })
        let key = EffectiveSetting(key: "loops.apiKey", value: "set, hidden", source: .environment("LOOPS_API_KEY"))
        #expect(all.contains(key))
        #expect(all.contains { $0.key == "loops.baseURL" && $0.value == "https://loops.example/api/v1" })
    }

    @Test("An address of Loops with a password is refused without telling it")
    func passwordOfLoops() throws {
        let fault = try #require(throws: SettingsErrors.self) {
            try inForce(["LOOPS_API_KEY": "k", "LOOPS_BASE_URL": "https://user:pa55@loops.example/api/v1"])
        }
        #expect("\(fault)".contains("https://…@loops.example/api/v1") && !"\(fault)".contains("pa55"))
    }

    @Test("Each says where it comes from")
    func sources() throws {
        let all = try inForce(
            ["LOOPS_API_KEY": "k", "LOOPS_RATE_LIMIT": "7"],
            flags: ["http.port": "0"]
        )
        let variable = SettingSource.environment("LOOPS_RATE_LIMIT")
        #expect(all.contains(EffectiveSetting(key: "loops.rateLimit", value: "7", source: variable)))
        #expect(all.contains(EffectiveSetting(key: "http.port", value: "0", source: .flag("--http-port"))))
        #expect(all.contains { $0.key == "bridge.group" && $0.source == .fallback })
        #expect(all.contains(EffectiveSetting(key: "bridge.mappings", value: "", source: .fallback)))
        let shown = all.map { "\($0.source)" }
        #expect(shown.contains("LOOPS_RATE_LIMIT") && shown.contains("--http-port") && shown.contains("default"))
    }
}
