import ArgumentParser
import Foundation
import RedisStreams
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("Words that help whoever types a command for the first time")
struct FirstContactTests {
    private func unknown(_ line: String) -> UnknownCommand? {
        UnknownCommand.find(in: line.split(separator: " ").map(String.init), root: LoopsBridge.self)
    }

    @Test("A command that is not there is named, with the one that was meant")
    func unknownCommands() {
        #expect(unknown("statu")?.description.contains("no command 'statu'; did you mean 'status'? ") ?? false)
        #expect(unknown("help nosuch")?.name == "nosuch" && unknown("help dead lst")?.parent == "loops-bridge dead")
        #expect(unknown("dead lst")?.description.contains("did you mean 'list'?") ?? false)
        #expect(unknown("xyzzy")?.description.contains("known are run, ingest, publish,") ?? false)
        #expect(!(unknown("referenc")?.known.contains("reference") ?? true), "what is the developers' is not offered")
        for good in [
            "", "status", "help", "help status", "dead", "dead list x", "--version", "why anything", "help dead list",
        ] {
            #expect(unknown(good) == nil, "\(good)")
        }
    }

    @Test(
        "What only developers need is not in the service, which names their program",
        arguments: [("dev", "run"), ("simulate", "simulate")]
    )
    func moved(name: String, replacement: String) {
        for line in [[name], [name, "--once", "3"], ["help", name], [name, "--help"]] {
            #expect(MovedCommand(arguments: line)?.replacement == "loops-bridge-dev \(replacement)", "\(line)")
        }
        #expect(MovedCommand(arguments: ["map", name]) == nil && MovedCommand(arguments: []) == nil)
        #expect(!LoopsBridge._dumpHelp().contains("\"\(name)\""))
        #expect(UnknownCommand.find(in: [name], root: LoopsBridgeDev.self) == nil)
        #expect(DevCommand.isNamed(by: "run") && DevCommand.isNamed(by: "dev") && !DevCommand.isNamed(by: nil))
    }

    @Test("Variables that look like settings are named; those of others are left alone")
    func lookalikes() {
        let environment = [
            "BRIDGE_STREAM": "foo", "LOOPS_RATELIMIT": "5", "REDIS_URI": "x", "LOG_LVEL": "debug", "HTTP_PROT": "1",
            "BRIDGE_PARTITIONS_COUNT": "3", "BRIDGE_GROUP": "good", "BRIDGE_CONFIG": "good", "BRIDGE_STREMS": "",
            "HTTP_PROXY": "y", "HTTPS_PROXY": "y", "REDIS_PORT": "6379", "REDIS_HOST": "h", "REDIS_USER": "u",
            "LOG_FILE": "l",
            "BRIDGE_PORT_9464_TCP": "tcp://", "BRIDGE_SERVICE_HOST": "h", "LOOPS_BRIDGE_PORT": "tcp://", "PATH": "/bin",
            "LOOPS_BRIDGE_REDIS_SERVER": "x", "BRIDGE_BIN": "b",
        ]
        let found = Dictionary(
            uniqueKeysWithValues: LookalikeVariables.find(in: environment).map { ($0.name, $0.meant) }
        )
        #expect(
            found == [
                "BRIDGE_STREAM": "BRIDGE_STREAMS", "LOOPS_RATELIMIT": "LOOPS_RATE_LIMIT", "REDIS_URI": "REDIS_URL",
                "LOG_LVEL": "LOG_LEVEL", "HTTP_PROT": "HTTP_PORT", "BRIDGE_PARTITIONS_COUNT": "BRIDGE_PARTITIONS",
            ]
        )
        #expect(
            LookalikeVariables.find(in: Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.environment, "x") }))
                .isEmpty
        )
    }

    @Test("A file that cannot be read says why")
    func unreadable() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func why(_ path: String) -> String? {
            do {
                _ = try BoundedFile.text(path, upTo: 10)
                return nil
            } catch {
                return "\(error)"
            }
        }
        let file = folder.appending(path: "file").path
        try Data([0x61, 0xC3, 0xA4, 0xFF, 0x62]).write(to: URL(fileURLWithPath: file))
        #expect(why(file) == "it is not UTF-8 at byte 3")
        #expect(why(folder.path) == "it is a folder" && why("/nowhere/x") == "there is no such file")
        try Data("text\n".utf8).write(to: URL(fileURLWithPath: file))
        #expect(try BoundedFile.text(file, upTo: 10) == "text\n")
    }

    @Test("Values are taken without blanks at their ends, as other secrets are")
    func trimmed() throws {
        let reader = SettingsReader(
            flags: [:],
            environment: ["REDIS_URL": " redis://h:1\n", "BRIDGE_GROUP": " \n"],
            file: nil
        )
        #expect(reader.text(.redisURL) == "redis://h:1" && reader.text(.bridgeGroup) == "loops-bridge")
    }

    @Test("A time without a unit is told what it lacks")
    func spans() throws {
        #expect(try Span(typed: "5m").value == .seconds(300))
        let bare = try #require(throws: ValidationError.self) { try Span(typed: "5") }
        #expect(bare.message == "a time needs a unit: 5s, 5m, 5h or 5d")
        #expect(throws: ValidationError.self) { try Span(typed: "soon") }
    }

    @Test(
        "Why Redis did not answer is told in words, with the setting",
        arguments: [
            (
                RedisError.Reason.notConnected("127.0.0.1:1: Connection refused"),
                "does not answer: 127.0.0.1:1: Connection refused. Check redis.url."
            ),
            (.notConnected("AUTH: Redis answered WRONGPASS invalid"), "refuses the user or the password"),
            (.notConnected("INFO: Redis answered NOAUTH Authentication required."), "wants a password"),
            (
                .notConnected("AUTH: Redis answered ERR Redis has no password set for this user"),
                "has no password set for this user"
            ),
            (.timedOut, "does not answer in time"),
        ]
    )
    func redisWords(reason: RedisError.Reason, words: String) throws {
        let redis = try RedisConfiguration(url: "redis://:secret@127.0.0.1:1")
        let text = RedisWords.text(RedisError(reason, command: "XREVRANGE", mayHaveBeenApplied: false), redis)
        #expect(text.hasPrefix("Redis at redis://127.0.0.1:1/0 ") && text.contains(words), "\(text)")
        #expect(!text.contains("secret"))
    }

    @Test("The help of run has of each setting its default, its values and its variable, and names the secrets")
    func help() {
        let help = RunCommand.helpMessage(columns: 100_000)
        for setting in Setting.all {
            #expect(help.contains(setting.environment), "\(setting.environment)")
            if !setting.isFlag { continue }
            if let fallback = setting.fallback { #expect(help.contains("default: \(fallback);"), "\(setting.key)") }
            if case .choice = setting.shape { #expect(help.contains(setting.shape.description), "\(setting.key)") }
        }
    }

    @Test(
        "A command's own options come before the settings",
        arguments: [
            (DevCommand.helpMessage(columns: 200), "--once"), (CheckCommand.helpMessage(columns: 200), "--connect"),
            (StatusCommand.helpMessage(columns: 200), "--watch"), (PublishCommand.helpMessage(columns: 200), "--check"),
            (PauseCommand.helpMessage(columns: 200), "--reason <"), (WhyCommand.helpMessage(columns: 200), "--scan"),
        ]
    )
    func order(help: String, own: String) throws {
        let options = try #require(help.range(of: "OPTIONS:")).upperBound
        let first = try #require(help.range(of: own, range: options..<help.endIndex))
        let settings = try #require(help.range(of: "--redis-url", range: options..<help.endIndex))
        #expect(first.lowerBound < settings.lowerBound)
    }

    @Test(
        "Options that would be ignored are refused",
        arguments: [
            "status --redis --url http://h", "pause --redis --url http://h",
            "resume --redis --http-control-token-file f",
            "check --mappings m.yaml --bridge-group g",
        ]
    )
    func ignored(line: String) {
        #expect(throws: (any Error).self) { try LoopsBridge.parseAsRoot(line.split(separator: " ").map(String.init)) }
    }

    @Test(
        "Options of the developers' run that would be ignored are refused",
        arguments: [
            "run --redis-url redis://h", "dev --loops-base-url http://h", "run --loops-api-key-file f",
            "run --once 3 --rate 4",
        ]
    )
    func ignoredOfDev(line: String) {
        #expect(throws: (any Error).self) {
            try LoopsBridgeDev.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }

    @Test("A shell completes values and files")
    func completion() {
        let script = LoopsBridge.completionScript(for: .bash) + LoopsBridgeDev.completionScript(for: .bash)
        for value in ["mixedBatch", "hostile", "critical", "lossless"] { #expect(script.contains(value), "\(value)") }
    }
}
