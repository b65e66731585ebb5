import HTTPTypes
import Hummingbird
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Under which names the admin port answers")
struct HostRuleTests {
    @Test(
        "Addresses and localhost always, with a port or without, as probes and scrapers ask",
        arguments: [
            "127.0.0.1", "127.0.0.1:9464", "10.1.2.3:9464", "[::1]:9464", "[2001:db8::5]", "[fe80::1%eth0]:1",
            "localhost",
            "LOCALHOST:9464", "localhost.:80", "bridge.localhost",
        ]
    )
    func always(host: String) { #expect(HostRule([]).allows(host)) }

    @Test("A request without a name comes from no browser")
    func none() { #expect(HostRule([]).allows(nil)) }

    @Test(
        "Names of others are refused, and what only looks like an address or a name of ours",
        arguments: [
            "evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example", "127.1",
            "2130706433",
            "0x7f000001", "127.0.0.1:9464:1", "127.0.0.1:x", "[::1", "[::1]x", "[evil]", "::1", "", ":9464",
            "bridge.evil.example",
            "evil-bridge", "example.com", "xexample.com", "user@127.0.0.1", "127.0.0.1@evil.example",
        ]
    )
    func refused(host: String) { #expect(!HostRule(["bridge", "*.example.com"]).allows(host)) }

    @Test("Names that are set, whatever their case and dot; those of a domain; any name")
    func configured() {
        let rule = HostRule(["Bridge", "*.Example.com", "host.internal."])
        for host in ["bridge:9464", "BRIDGE", "bridge.", "a.example.com", "a.b.example.com:1", "host.internal"] {
            #expect(rule.allows(host), "\(host)")
        }
        #expect(HostRule(["*"]).allows("evil.example:1"))
    }

    @Test("What a setting may hold")
    func names() {
        for name in ["bridge", "a.example.com", "*.example.com", "*", "my_host", "10.0.0.1"] {
            #expect(HostRule.isName(name))
        }
        for name in ["", "bridge:9464", "http://bridge", "a b", "*.", "**", "a/b", "ä.example"] {
            #expect(!HostRule.isName(name))
        }
    }

    private func settings(_ hosts: String, host: String = "") throws -> Settings {
        try Settings(
            flags: [:],
            environment: ["LOOPS_API_KEY": "key", "HTTP_ALLOWED_HOSTS": hosts, "HTTP_HOST": host],
            file: nil,
            hostName: "replica-1",
            processID: 1,
            readFile: { _ in "" }
        )
    }

    @Test("From the settings: what is listed, where it listens, and the machine's own name")
    func setting() throws {
        let hosts = try settings("bridge, *.svc", host: "admin.internal").hosts
        for host in ["bridge", "a.svc", "admin.internal:9464", "replica-1", "10.0.0.1"] {
            #expect(hosts.allows(host), "\(host)")
        }
        let plain = try settings("").hosts
        #expect(!hosts.allows("replica-2") && !plain.allows("bridge"))
        let fault = #expect(throws: SettingsErrors.self) { try settings("bridge:9464") }
        #expect(
            fault?.faults.count == 1
                && "\(fault?.faults[0], default: "")".contains(
                    "http.allowedHosts (HTTP_ALLOWED_HOSTS): \"bridge:9464\" is not a host name"
                )
        )
    }
}
