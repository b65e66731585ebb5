import Bridge
import Foundation
import Loops
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("Settings: flags over environment over file over defaults; every fault at once")
struct SettingsTests {
    private func settings(
        flags: [String: String] = [:],
        environment: [String: String] = ["LOOPS_API_KEY": "key"],
        file: String? = nil,
        readFile: (String) throws -> String = { _ in "file-key\n" }
    ) throws -> Settings {
        try Settings(
            flags: flags,
            environment: environment,
            file: file.map { SettingsFile(path: "bridge.yaml", text: $0) },
            hostName: "host",
            processID: 7,
            readFile: readFile
        )
    }

    private func faults(
        flags: [String: String] = [:],
        environment: [String: String] = ["LOOPS_API_KEY": "key"],
        file: String? = nil
    ) -> [String] {
        do {
            _ = try settings(flags: flags, environment: environment, file: file)
            return []
        } catch {
            return (error as? SettingsErrors)?.faults.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("Defaults")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.bridge.streams.map(\.name) == ["segment:events"])
        #expect(settings.bridge.rateLimit == nil && settings.bridge.coalescing == .lossless)
        #expect(settings.bridge.loops.maxInFlight == 16)
        #expect(settings.bridge.instance == "host-7")
        #expect(settings.bridge.retry.retryFor == .seconds(21_600))
        #expect(settings.httpPort == 9464)
    }

    @Test("Precedence")
    func precedence() throws {
        let file = "loops:\n  rateLimit: 1\n  maxInFlight: 2\nbridge:\n  group: from-file\n"
        let environment = ["LOOPS_API_KEY": "key", "LOOPS_RATE_LIMIT": "3", "LOOPS_MAX_IN_FLIGHT": "4"]
        let settings = try settings(flags: ["loops.rateLimit": "5"], environment: environment, file: file)
        #expect(settings.bridge.rateLimit == 5)
        #expect(settings.bridge.loops.maxInFlight == 4)
        #expect(settings.bridge.group == "from-file")
    }

    @Test("Every setting's environment variable is the one that is read", arguments: Setting.all.map(\.key))
    func environmentNames(key: String) throws {
        let setting = try #require(Setting.all.first { $0.key == key })
        let reader = SettingsReader(flags: [:], environment: [setting.environment: "x"], file: nil)
        #expect(reader.value(setting)?.source == .environment(setting.environment))
        #expect(reader.value(setting)?.text == "x")
    }

    @Test("Malformed values name key, source, value and what is allowed, all at once, and never the default instead")
    func malformed() {
        let faults = faults(
            environment: [
                "LOOPS_API_KEY": "key", "LOOPS_RATE_LIMIT": "fast", "HTTP_PORT": "70000", "BRIDGE_RETRY_FOR": "6",
                "BRIDGE_STREAMS": "a=x", "LOG_FORMAT": "xml", "BRIDGE_GROUP_START": "now",
            ]
        )
        #expect(faults.count == 6)
        #expect(faults.contains(#"loops.rateLimit (LOOPS_RATE_LIMIT): "fast" is not a number from 0.0 to 100000.0"#))
        #expect(faults.contains { $0.hasPrefix("http.port (HTTP_PORT): \"70000\" is not a whole number") })
    }

    @Test("A fault names what set the value, and comes once")
    func faultSources() {
        #expect(faults(flags: ["loops.requestTimeoutSeconds": "0"]).count == 1)
        let address = faults(environment: ["LOOPS_API_KEY": "key", "LOOPS_BASE_URL": "nonsense"])
        #expect(address.count == 1 && address[0].hasPrefix("loops.baseURL (LOOPS_BASE_URL): \"nonsense\" is not"))
        #expect(faults(flags: ["loops.baseURL": "x"])[0].hasPrefix("loops.baseURL (--loops-base-url): "))
        #expect(faults(file: "loops:\n  baseURL: x\n")[0].hasPrefix("loops.baseURL (bridge.yaml): "))
        #expect(faults(environment: ["LOOPS_API_KEY": "a b"])[0].hasPrefix("loops.apiKey (LOOPS_API_KEY): "))
        let short = faults(environment: ["LOOPS_API_KEY": "key", "HTTP_CONTROL_TOKEN": "short"])
        #expect(short.count == 1 && short[0].hasPrefix("http.controlToken (HTTP_CONTROL_TOKEN): "))
        // The file of the tests' reader holds less than a token needs.
        let file = faults(environment: ["LOOPS_API_KEY": "key", "HTTP_CONTROL_TOKEN_FILE": "/token"])
        #expect(file.count == 1 && file[0].hasPrefix("http.controlToken (/token): "))
        let view = faults(environment: ["LOOPS_API_KEY": "key", "HTTP_VIEW_TOKEN": "short"])
        #expect(view.count == 1 && view[0].hasPrefix("http.viewToken (HTTP_VIEW_TOKEN): "))
        let token = "0123456789abcdef"
        let same = faults(environment: ["LOOPS_API_KEY": "key", "HTTP_VIEW_TOKEN": token, "HTTP_CONTROL_TOKEN": token])
        #expect(same.count == 1 && same[0].contains("are the same"))
    }

    @Test("A rate with a fraction leaves the simulator of dev room for it")
    func simulatedLimit() {
        #expect(["10", "2.5", "0", "0.1"].map(DevCommand.simulated) == [10, 3, 0, 1])
        #expect(["x", "nan", "inf"].map(DevCommand.simulated) == [0, 0, 0], "refused with the settings")
    }

    @Test("The file is the one of --config, else the one that BRIDGE_CONFIG names, else none")
    func configFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (typed, named) = (folder.appending(path: "a.yaml").path, folder.appending(path: "b.yaml").path)
        for path in [typed, named] {
            try "bridge: {group: \(path.suffix(6).prefix(1))}".write(toFile: path, atomically: true, encoding: .utf8)
        }
        let environment = ["BRIDGE_CONFIG": named]
        #expect(try SettingsFile.load(typed, environment: environment)?.values == ["bridge.group": "a"])
        #expect(try SettingsFile.load(nil, environment: environment)?.values == ["bridge.group": "b"])
        #expect(try SettingsFile.load(nil, environment: ["BRIDGE_CONFIG": ""]) == nil)
        #expect(try SettingsFile.load(nil, environment: [:]) == nil)
        let fault = try #require(throws: SettingsErrors.self) {
            try SettingsFile.load(nil, environment: ["BRIDGE_CONFIG": "/nowhere"])
        }
        let words = ["/nowhere: the settings file that BRIDGE_CONFIG names cannot be read: there is no such file"]
        #expect(fault.faults.map(\.description) == words)
    }

    @Test("Unknown keys of the file are faults, with a suggestion when one is near")
    func unknownKeys() {
        let faults = faults(file: "loops:\n  rateLimt: 5\nfoo: 1\n")
        #expect(faults.count == 2)
        #expect(faults.contains("loops.rateLimt in bridge.yaml:2 is no setting; did you mean loops.rateLimit?"))
        #expect(faults.contains("foo in bridge.yaml:3 is no setting"))
    }

    @Test("The key: required, from a file too, not from both")
    func apiKey() throws {
        #expect(faults(environment: [:]).contains { $0.hasPrefix("loops.apiKey is required") })
        #expect(try settings(environment: ["LOOPS_API_KEY_FILE": "/k"]).bridge.loops.apiKey == "file-key")
        #expect(faults(environment: ["LOOPS_API_KEY_FILE": "/k", "LOOPS_API_KEY": "key"]).count == 1)
        #expect(faults(environment: ["LOOPS_API_KEY": "with\nnewline"]).count == 1)
    }

    @Test("Secrets never reach an error")
    func secrets() {
        let faults = faults(environment: ["LOOPS_API_KEY": "s3cret key", "REDIS_URL": "redis://u:s3cret@[bad"])
        #expect(faults.count == 2)
        #expect(!faults.contains { $0.contains("s3cret") })
    }

    @Test("Dead letters must not go where they are read from")
    func deadLetterLoop() {
        #expect(
            faults(environment: ["LOOPS_API_KEY": "key", "BRIDGE_DEAD_LETTER_STREAM": "segment:events"]).count == 1
        )
    }

    @Test("Commands that do not talk to Loops want no key and read no key file")
    func withoutKey() throws {
        let settings = try Settings(
            flags: ["bridge.group": "g"],
            environment: ["LOOPS_API_KEY_FILE": "/nowhere"],
            file: nil,
            hostName: "host",
            processID: 1,
            needsKey: false,
            readFile: { _ in
                Issue.record("the key file was read")
                return ""
            }
        )
        #expect(settings.bridge.group == "g")
    }
}
