import Bridge
import Foundation
import Loops
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Settings that could give something away, or make two streams one")
struct SecretSettingsTests {
    private func settings(
        flags: [String: String] = [:],
        _ environment: [String: String] = [:],
        file: String = ""
    ) throws -> Settings {
        try Settings(
            flags: flags,
            environment: ["LOOPS_API_KEY": environment["LOOPS_API_KEY_FILE"] == nil ? "key" : ""]
                .merging(environment) { $1 },
            file: nil,
            hostName: "host",
            processID: 7,
            readFile: { _ in file }
        )
    }

    private func faults(
        flags: [String: String] = [:],
        _ environment: [String: String] = [:],
        file: String = ""
    ) -> [String] {
        do {
            _ = try settings(flags: flags, environment, file: file)
            return []
        } catch {
            return (error as? SettingsErrors)?.faults.map(\.description) ?? ["\(error)"]
        }
    }

    @Test(
        "A key is what stands between quotes, spaces and a byte order mark",
        arguments: [
            "abc123", "\"abc123\"\n", " 'abc123' \r\n", "\u{FEFF}abc123\n", "\"abc123 \"",
        ]
    )
    func bareKey(text: String) throws {
        #expect(try settings(["LOOPS_API_KEY_FILE": "/k"], file: text).bridge.loops.apiKey == "abc123")
        #expect(try settings(["LOOPS_API_KEY": text]).bridge.loops.apiKey == "abc123")
    }

    @Test(
        "What is no key alone is refused in words, and never shown",
        arguments: [
            "LOOPS_API_KEY=abc123", "export KEY", "\"abc123", "abc'123", "a\nabc123",
            String(repeating: "abc123", count: 200),
        ]
    )
    func refusedKey(text: String) {
        let faults = faults(["LOOPS_API_KEY_FILE": "/k"], file: text)
        #expect(faults.count == 1 && faults[0].contains("is not the key alone"), "\(faults)")
        #expect(!faults.joined().contains("abc"))
    }

    @Test("A file of nothing but quotes is empty")
    func emptyKey() {
        #expect(faults(["LOOPS_API_KEY_FILE": "/k"], file: "\"\"\n") == ["/k: the key file is empty"])
    }

    @Test("A token is unquoted too, so that both sides have the same")
    func token() throws {
        let token = "0123456789abcdef"
        #expect(try settings(["HTTP_CONTROL_TOKEN": "\"\(token)\""]).controlToken == token)
        #expect(try settings(["HTTP_CONTROL_TOKEN_FILE": "/t"], file: "'\(token)'\n").controlToken == token)
        #expect(faults(["HTTP_CONTROL_TOKEN": "HTTP_CONTROL_TOKEN=\(token)"]).count == 1)
        #expect(faults(["HTTP_CONTROL_TOKEN": String(repeating: "t", count: 2000)]).count == 1)
    }

    @Test("A file is read up to a length: a device has no end")
    func boundedFile() throws {
        #expect(throws: BoundedFile.Fault.tooLong(limit: 100_000)) { try BoundedFile.text("/dev/zero", upTo: 100_000) }
        #expect(throws: BoundedFile.Fault.unreadable(code: ENOENT)) { try BoundedFile.text("/nowhere", upTo: 1) }
        let path = FileManager.default.temporaryDirectory.appending(path: "bounded-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data([0xFF, 0x61]).write(to: URL(fileURLWithPath: path))
        #expect(throws: BoundedFile.Fault.notText(byte: 0)) { try BoundedFile.text(path, upTo: 10) }
        try Data("\("0123456789")".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try BoundedFile.text(path, upTo: 10) == "0123456789")
        #expect(throws: BoundedFile.Fault.tooLong(limit: 9)) { try BoundedFile.text(path, upTo: 9) }
        guard case .failure(let fault) = CommandInput.read("/dev/zero", as: "mappings file") else {
            Issue.record("a device was read")
            return
        }
        #expect(fault.description.hasSuffix("the mappings file cannot be read: it has more than 1048576 bytes"))
    }

    @Test(
        "No password is taken from a flag; from the environment it is",
        arguments: [
            "redis://bridge:hidden@redis:6379", "redis://:hidden@redis:6379", "redis://redis:6379?password=hidden",
            "redis+sentinel://sentinel/primary?sentinelPassword=hidden",
        ]
    )
    func passwordFlag(url: String) throws {
        let faults = faults(flags: ["redis.url": url])
        #expect(faults.count == 1 && faults[0].hasPrefix("redis.url (--redis-url): "), "\(faults)")
        #expect(!faults[0].contains("hidden"))
        #expect(try settings(["REDIS_URL": url]).warnings.isEmpty)
        #expect(self.faults(flags: ["redis.url": "redis://bridge@redis:6379/1"]).isEmpty)
    }

    @Test("A base address in clear text is warned of, unless it stays on this machine")
    func clearText() throws {
        for url in [
            "http://proxy/api", "http://10.0.0.1:8080", "http://localhost.example.com", "http://127.0.0.1.nip.io",
        ] {
            let warnings = try settings(["LOOPS_BASE_URL": url]).warnings
            #expect(
                warnings.count == 1 && warnings[0].hasPrefix("loops.baseURL (LOOPS_BASE_URL) begins with"),
                "\(url)"
            )
        }
        for url in ["https://app.loops.so/api/v1", "http://localhost:1", "http://127.1.2.3/v1", "http://[::1]:8080"] {
            #expect(try settings(["LOOPS_BASE_URL": url]).warnings.isEmpty, "\(url)")
        }
    }

    @Test(
        "Streams that would share a key are refused together",
        arguments: [
            "a,{a}", "{a},b,a", "a,{a}:dead", "{a}:bridge:loops-bridge,a", "a,{a}:bridge:loops-bridge:leases",
        ]
    )
    func sharedKeys(streams: String) {
        let faults = faults(["BRIDGE_STREAMS": streams])
        #expect(faults.count == 1 && faults[0].hasPrefix("bridge.streams: "), "\(faults)")
    }

    @Test("Streams that only look alike are read together")
    func differentKeys() {
        for streams in ["a,b", "a,{b}", "{a}:x,{a}:y", "a,{a}:live", "segment:events,segment:backfill"] {
            #expect(faults(["BRIDGE_STREAMS": streams]).isEmpty, "\(streams)")
        }
    }

    @Test(
        "A settings file whose aliases stand for billions of values is refused, and a key without an end is named in short"
    )
    func settingsFile() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let refused = SettingsFile(path: "b.yaml", text: bomb).faults.map(\.description)
        #expect(refused.count == 1 && refused[0].contains("10000 values"), "\(refused)")
        let long = SettingsFile(path: "b.yaml", text: "\(String(repeating: "k", count: 900)): 1\n").faults
        #expect(long.count == 1 && "\(long[0])".count < 300)
        let broken = SettingsFile(path: "b.yaml", text: "\(String(repeating: "k", count: 5000)): 1\n").faults
        #expect(broken.count == 1 && "\(broken[0])".count < 600)
    }
}
