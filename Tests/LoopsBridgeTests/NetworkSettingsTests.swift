import Bridge
import HTTPTransport
import Loops
import NIOSupport
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Settings of the way to Loops and Redis")
struct NetworkSettingsTests {
    private func settings(
        _ environment: [String: String] = [:],
        needsKey: Bool = true
    ) throws -> Settings {
        try Settings(
            flags: [:],
            environment: environment.merging(["LOOPS_API_KEY": "key"]) { own, _ in own },
            file: nil,
            hostName: "host",
            processID: 7,
            needsKey: needsKey,
            readFile: { _ in "" }
        )
    }

    private func proxy(_ environment: [String: String]) throws -> String? {
        try settings(environment).bridge.loops.proxy.map { "\($0.setting) \($0)" }
    }

    private func shown(_ key: String, _ environment: [String: String]) throws -> String? {
        try settings(environment).inForce.first { $0.key == key }.map { "\($0.value) \($0.source)" }
    }

    @Test("loops.proxy before the environment's variables; none is a direct way")
    func precedence() throws {
        #expect(try proxy([:]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "p:1"]) == "HTTPS_PROXY http://p:1")
        #expect(try proxy(["HTTPS_PROXY": "p:1", "NO_PROXY": "loops.so"]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "p:1", "LOOPS_PROXY": "https://q"]) == "loops.proxy https://q:443")
        #expect(try proxy(["HTTPS_PROXY": "p:1", "LOOPS_PROXY": "none"]) == nil)
        // What is set for this program alone holds for every host.
        #expect(try proxy(["LOOPS_PROXY": "p:1", "NO_PROXY": "*"]) == "loops.proxy http://p:1")
        #expect(try proxy(["LOOPS_PROXY": "p:1", "LOOPS_BASE_URL": "http://127.0.0.1:1"]) == "loops.proxy http://p:1")
        #expect(try proxy(["HTTP_PROXY": "p:1", "LOOPS_BASE_URL": "http://127.0.0.1:1"]) == nil)
    }

    @Test("http.publicURL is an address of http or https, and the admin port answers under its name")
    func publicURL() throws {
        let taken = try settings(["HTTP_PUBLIC_URL": "https://ops.example.com/bridge-1"])
        #expect(taken.bridge.publicAddress?.text == "https://ops.example.com/bridge-1/")
        #expect(taken.hosts.allows("ops.example.com") && !taken.hosts.allows("other.example.com"))
        #expect(try settings().bridge.publicAddress == nil)
        // It is meant to differ between replicas.
        #expect(taken.shared == (try settings().shared))
        for wrong in ["bridge-1", "javascript:alert(1)", "https://ann:secret-word@ops.example.com/"] {
            let error = #expect(throws: SettingsErrors.self) { try settings(["HTTP_PUBLIC_URL": wrong]) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("http.publicURL") && text.contains("https://ops.example.com/bridge-1/"), "\(text)")
            #expect(!text.contains("secret-word"))
        }
    }

    @Test("A certificate's name in the environment is none of an address without TLS that was typed")
    func typedAddress() throws {
        let name = ["REDIS_SERVER_NAME": "redis.example.com"]
        func settings(_ flags: [String: String], _ environment: [String: String]) throws -> Settings {
            try Settings(
                flags: flags,
                environment: environment.merging(["LOOPS_API_KEY": "key"]) { own, _ in own },
                file: nil,
                hostName: "host",
                processID: 7,
                readFile: { _ in "" }
            )
        }
        #expect(try settings(["redis.url": "redis://h:1"], name).bridge.redis.tls == nil)
        #expect(
            try settings(["redis.url": "rediss://h:1"], name).bridge.redis.tls?.serverName == "redis.example.com"
        )
        #expect(throws: SettingsErrors.self) {
            try settings([:], name.merging(["REDIS_URL": "redis://h:1"]) { $1 })
        }
        #expect(throws: SettingsErrors.self) {
            try settings(["redis.url": "redis://h:1", "redis.serverName": "x"], [:])
        }
    }

    @Test("The effective proxy is shown without its password, with what set it")
    func effective() throws {
        #expect(try shown("loops.proxy", ["https_proxy": "u:hunter2@p:1"]) == "http://p:1 https_proxy")
        #expect(try shown("loops.proxy", ["LOOPS_PROXY": "u:hunter2@p:1"]) == "http://p:1 LOOPS_PROXY")
        #expect(try shown("loops.proxy", ["LOOPS_PROXY": "none", "HTTPS_PROXY": "p:1"]) == "none LOOPS_PROXY")
        #expect(try shown("loops.proxy", [:]) == " default")
    }

    @Test("What cannot be used is told, without the value; commands that do not talk to Loops do not mind")
    func unusable() throws {
        for environment in [
            ["HTTPS_PROXY": "socks5://u:hunter2@p"], ["LOOPS_PROXY": "ftp://u:hunter2@p"],
            ["LOOPS_PROXY": "u:hunter2@p:1", "LOOPS_BASE_URL": "https://10.0.0.1/v1"],
        ] {
            let name = environment.keys.sorted().last ?? ""
            #expect { try settings(environment) } throws: { error in
                "\(error)".contains(name == "LOOPS_PROXY" ? "loops." : name) && !"\(error)".contains("hunter2")
            }
            _ = try settings(environment, needsKey: false)
        }
    }

    @Test("Authorities of Loops and Redis")
    func authorities() throws {
        let files = ["SSL_CERT_FILE": "/s.pem", "LOOPS_CA_FILE": "/c.pem", "REDIS_URL": "rediss://h?caFile=/r.pem"]
        let bridge = try settings(files).bridge
        #expect(bridge.loops.authorities.systemFile == "/s.pem" && bridge.loops.authorities.file == "/c.pem")
        #expect(!bridge.loops.authorities.trustsOnlyFile)
        #expect(bridge.redis.tls?.systemFile == "/s.pem" && bridge.redis.tls?.caFile == "/r.pem")
        #expect(try settings(["SSL_CERT_FILE": ""]).bridge.loops.authorities.systemFile == nil)
    }

    @Test("redis.serverName goes with TLS, and is a name")
    func serverName() throws {
        let named = ["REDIS_URL": "rediss://10.0.0.5", "REDIS_SERVER_NAME": "redis.internal"]
        #expect(try settings(named).bridge.redis.tls?.serverName == "redis.internal")
        for (url, name, words) in [
            ("redis://h", "redis.internal", "goes with rediss:// only"), ("rediss://h", "10.0.0.1", "a host name"),
        ] {
            #expect { try settings(["REDIS_URL": url, "REDIS_SERVER_NAME": name]) } throws: { "\($0)".contains(words) }
        }
    }
}
