import DevKit
import Foundation
import JSON
import Segment
import SegmentEvents
import Testing

/// The recipes of docs/how-to/publish-events.md, as they stand there. Python's runs with a stand-in for its package, Node's needs none. The others are
/// read by their language's own tool, where that is installed.
@Suite("The recipes for producers do what they say", .tags(.servers))
struct PublishRecipesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

    /// The code block behind a fence with this info string.
    private static func block(_ info: String) throws -> String {
        let page = try String(
            contentsOf: root.appending(path: "docs/how-to/publish-events.md"),
            encoding: .utf8
        )
        let start = try #require(page.range(of: "```\(info)\n"), "no block '\(info)'")
        let rest = page[start.upperBound...]
        return String(rest[..<(try #require(rest.range(of: "```\n"))).lowerBound])
    }

    /// The entries of the stream, each read as a bridge reads it.
    private static func entries(port: Int) async throws -> [DecodedEntry] {
        let lines = try await RedisCLI.run(port: port, "XRANGE", "segment:events", "-", "+")
        return stride(from: 0, to: lines.count - 2, by: 3).map { index in
            EntryDecoder().decode([
                (name: Array(lines[index + 1].utf8), value: Array(lines[index + 2].utf8))
            ])
        }
    }

    private static func isInstalled(_ tool: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
        }
    }

    /// Runs a script and gives what it printed.
    private static func run(
        _ tool: String,
        _ arguments: [String] = [],
        script: String,
        name: String,
        environment: [String: String] = [:]
    ) async throws -> [String] {
        try await TemporaryFolder.with { path in
            let file = "\(path)/\(name)"
            try Data(script.utf8).write(to: URL(fileURLWithPath: file))
            let all = environment.merging([
                "PYTHONPATH": folder.appending(path: "StandIns").path, "PYTHONDONTWRITEBYTECODE": "1",
                "DATABASE": "\(path)/database",
            ]) { own, _ in own }
            return try await ChildProcess.run(tool, arguments: arguments + [file], environment: all) {
                child in
                await child.exited()
                return child.output
            }
        }
    }

    private func expectOrder(in entries: [DecodedEntry], messageID: String, output: [String]) throws {
        let entry = try #require(entries.first, "\(output)")
        #expect(entries.count == 1 && entry.faults.isEmpty && entry.contactKey == "u1")
        let event = try #require(entry.events.first)
        #expect(event.type == "track" && event.messageId == messageID && event.oddities.isEmpty)
        #expect(
            event.json["event"] == "Order Paid" && event.json["properties"]?["total"]?.doubleValue == 99.5
        )
        let age = Date().timeIntervalSince1970 - (try #require(event.occurredAt))
        #expect((-1...600).contains(age))
    }

    @Test("Python adds the event that it shows")
    func python() async throws {
        let script = try Self.block("python recipe")
        try await RedisServer.run { server in
            let output = try await Self.run(
                "python3",
                script: script,
                name: "recipe.py",
                environment: ["EVENTS_REDIS_URL": server.url]
            )
            try expectOrder(
                in: await Self.entries(port: server.port),
                messageID: "order-4711-paid",
                output: output
            )
        }
    }

    @Test("Node adds the event that it shows, where Node is installed")
    func node() async throws {
        let script = try Self.block("js recipe")
        guard Self.isInstalled("node") else { return }
        try await RedisServer.run { server in
            let output = try await Self.run(
                "node",
                script: script,
                name: "recipe.js",
                environment: ["EVENTS_REDIS_URL": server.url]
            )
            #expect(output.isEmpty)
            try expectOrder(
                in: await Self.entries(port: server.port),
                messageID: "order-4711-paid",
                output: output
            )
        }
    }

    private struct CLIClient: RecipeClient {
        let port: Int
        func send(_ command: [String]) async throws { try await RedisCLI.run(port: port, command) }
    }

    @Test("Swift adds the event that it shows, and the page shows what runs here")
    func swift() async throws {
        let source = try String(
            contentsOf: Self.folder.appending(path: "SwiftRecipe.swift"),
            encoding: .utf8
        )
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("// recipe") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// end") })
        let recipe = lines[(start + 1)..<end].map { $0.dropFirst(8) + "\n" }.joined()
        #expect(try Self.block("swift recipe") == recipe)
        try await RedisServer.run { server in
            try await CLIClient(port: server.port).publishByRecipe()
            try expectOrder(
                in: await Self.entries(port: server.port),
                messageID: "order:4711:paid",
                output: []
            )
        }
    }

    @Test("The outbox adds each event in order, and again when it does not know")
    func outbox() async throws {
        let tables = """
            import os, sqlite3
            tables = sqlite3.connect(os.environ["DATABASE"])
            tables.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, paid INTEGER)")
            tables.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL)")
            tables.close()

            """
        let use = """

            def event(number):
                return {"type": "track", "messageId": f"m{number}", "userId": "u1", "event": "Order Paid"}

            for number in (1, 2, 3):
                pay(number, event(number))
            add = events.xadd
            def lost(*words):
                add(*words)
                raise ConnectionError
            events.xadd = lost
            try:
                relay()
            except ConnectionError:
                events.xadd = add
            relay()
            relay()
            """
        let script = tables + (try Self.block("python outbox")) + use
        try await RedisServer.run { server in
            let output = try await Self.run(
                "python3",
                script: script,
                name: "outbox.py",
                environment: ["EVENTS_REDIS_URL": server.url]
            )
            let entries = try await Self.entries(port: server.port)
            #expect(entries.map { $0.events.first?.messageId } == ["m1", "m1", "m2", "m3"], "\(output)")
        }
    }

    /// How a language's own tool reads a recipe without its packages.
    struct Reader: Sendable {
        let tool: String
        let arguments: [String]
        let block: String
        let file: String
        /// What its output begins with when all is well; empty for no output.
        var good = ""
        var wrap: @Sendable (String) -> String = { $0 }
    }

    /// javac ends after it has parsed. Mono's compiler is older than programs without a class.
    private static let readers = [
        Reader(tool: "ruby", arguments: ["-c"], block: "ruby recipe", file: "recipe.rb", good: "Syntax OK"),
        Reader(tool: "php", arguments: ["-l"], block: "php recipe", file: "recipe.php", good: "No syntax errors"),
        Reader(tool: "gofmt", arguments: ["-l"], block: "go recipe", file: "recipe.go"),
        Reader(
            tool: "javac",
            arguments: ["-proc:none", "-XDshould-stop.ifNoError=PARSE", "-XDshould-stop.ifError=PARSE"],
            block: "java recipe",
            file: "Publish.java"
        ),
        Reader(tool: "mcs", arguments: ["--parse"], block: "csharp recipe", file: "recipe.cs") { script in
            let lines = script.split(separator: "\n").map(String.init)
            let isUsing = { (line: String) in line.hasPrefix("using ") && line.hasSuffix(";") }
            let body = lines.filter { !isUsing($0) }
            let main = ["class Recipe { static async System.Threading.Tasks.Task Main() {"] + body + ["} }"]
            return (lines.filter(isUsing) + main).joined(separator: "\n") + "\n"
        },
    ]

    @Test(
        "The others are read by their own tools, where these are installed; `make test-recipes` installs them",
        arguments: readers
    )
    func syntax(_ reader: Reader) async throws {
        let script = reader.wrap(try Self.block(reader.block))
        guard Self.isInstalled(reader.tool) else {
            #expect(ProcessInfo.processInfo.environment["ALL_RECIPES"] == nil, "\(reader.tool) is not installed")
            return
        }
        func isGood(_ script: String) async throws -> (Bool, [String]) {
            let output = try await Self.run(reader.tool, reader.arguments, script: script, name: reader.file)
            let text = output.joined(separator: "\n")
            return (reader.good.isEmpty ? output.isEmpty : text.hasPrefix(reader.good), output)
        }
        let (good, output) = try await isGood(script)
        #expect(good, "\(output)")
        // The tool notices a bracket that is missing, so it has read the rest.
        let bracket = try #require(script.lastIndex { $0 == ")" })
        let broken = try await isGood(String(script[..<bracket] + script[script.index(after: bracket)...]))
        #expect(!broken.0, "\(reader.tool) takes anything")
    }

    @Test("There is a recipe for each of these languages, and each has what the contract asks for")
    func complete() throws {
        for language in ["python", "js", "go", "ruby", "php", "java", "csharp", "swift"] {
            let recipe = try Self.block("\(language) recipe")
            for word in ["4711", "u1", "Order Paid", "99.5", "timestamp"] {
                #expect(recipe.contains(word), "\(language): \(word)")
            }
            if language != "swift" {
                #expect(recipe.contains("segment:events") && recipe.contains("order-4711-paid"))
            }
        }
    }

    @Test("Every sample that the schema takes is read without anything odd")
    func samples() throws {
        let text = try String(
            contentsOf: Self.folder.appending(path: "Samples/events.ndjson"),
            encoding: .utf8
        )
        let samples = try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
        #expect(samples.count > 20)
        for sample in samples where sample["valid"] == true {
            let event = try #require(sample["event"])
            let entry = EntryDecoder().decode([(name: Array("event".utf8), value: event.serialized())])
            #expect(entry.faults.isEmpty && entry.contactKey != nil, "\(event)")
            let read = try #require(entry.events.first)
            #expect(read.json == event && read.oddities.isEmpty && read.hasKnownType, "\(event)")
            #expect(read.messageId != nil && EventHints.hints(for: event).isEmpty)
        }
    }
}
