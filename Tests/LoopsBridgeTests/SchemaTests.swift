import ArgumentParser
import DevKit
import Foundation
import JSON
import Testing

@testable import BridgeService
@testable import Destination
@testable import loops_bridge

/// By a validator, `make lint` holds the schemas against the same samples.
@Suite("Schemas of mappings, cases and settings say what the program reads")
struct SchemaTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Whether the program takes a file.
    private func isRead(_ file: JSONValue, as schema: FileSchema) -> Bool {
        let bytes = file.serialized()
        switch schema {
        case .mappings: return (try? Destination(file: "f", bytes: bytes)) != nil
        case .cases: return (try? MappingCases(file: "f", bytes: bytes)) != nil
        case .settings:
            let read = SettingsFile(path: "f", text: String(decoding: bytes, as: UTF8.self))
            var reader = SettingsReader(flags: [:], environment: [:], file: read)
            _ = reader.configuration()
            return reader.faults.isEmpty
        }
    }

    @Test("The program takes and refuses the samples as it should")
    func samples() throws {
        let text = try String(contentsOf: Self.root.appending(path: "Tests/Schemas/samples.ndjson"), encoding: .utf8)
        var counts: [FileSchema: Int] = [:]
        for line in text.split(separator: "\n") {
            let sample = try JSONParser.parse(String(line))
            let schema = try #require(FileSchema(rawValue: sample["schema"]?.stringValue ?? ""))
            let file = try #require(sample["file"])
            #expect(isRead(file, as: schema) == sample["valid"]?.boolValue, "\(sample["name"]?.stringValue ?? "")")
            counts[schema, default: 0] += 1
        }
        #expect(FileSchema.allCases.allSatisfy { (counts[$0] ?? 0) >= 10 })
    }

    @Test("Every key that the program knows is in the schema, and every key of the schema is known")
    func keys() {
        let settings = FileSchema.settings.json["properties"]?.objectValue ?? [:]
        let described = settings.flatMap { section, schema in
            (schema["properties"]?.objectValue?.keys ?? []).map { "\(section).\($0)" }
        }
        #expect(described.sorted() == Setting.all.map(\.key).sorted())
        let forms = FileSchema.mappings.json["$defs"]
        for (form, isExport) in [("mapping", false), ("exported", true)] {
            let properties = forms?[form]?["properties"]?.objectValue?.keys ?? []
            #expect(properties == MappingKey.known(isExport: isExport).map(\.rawValue))
        }
    }

    private func run(_ words: String...) async throws -> Int32 {
        do {
            let command = try LoopsBridge.parseAsRoot(words)
            guard var command = command as? any AsyncParsableCommand else { return -1 }
            try await command.run()
            return 0
        } catch {
            return LoopsBridge.exitCode(for: error).rawValue
        }
    }

    @Test("init writes files that pass their own test, and never over others unless it is told to")
    func initialFiles() async throws {
        try await TemporaryFolder.with { path in
            let folder = path + "/new"
            #expect(try await run("init", folder) == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["cases.schema.json", "cases.yaml", "mappings.schema.json", "mappings.yaml"])
            let suite = try MappingSuite.load(folder + "/cases.yaml").get()
            let report = MappingSuite.run([suite], hasColour: false)
            #expect(report.passed == 4 && report.failed == 0, "\(report.text)")
            #expect(suite.destination.warnings.isEmpty)
            // All is as it should be already.
            #expect(try await run("init", folder) == 0)
            try "mine".write(toFile: folder + "/mappings.yaml", atomically: true, encoding: .utf8)
            try FileManager.default.removeItem(atPath: folder + "/cases.yaml")
            #expect(try await run("init", folder) == 2)
            #expect(try String(contentsOfFile: folder + "/mappings.yaml", encoding: .utf8) == "mine")
            #expect(!FileManager.default.fileExists(atPath: folder + "/cases.yaml"), "all or nothing")
            #expect(try await run("init", folder, "--force") == 0)
            #expect(try String(contentsOfFile: folder + "/mappings.yaml", encoding: .utf8) == StarterFile.all[0].text)
            #expect(try await run("init", "/dev/null/x") == 1)
        }
    }

    @Test("Files that are written name a schema that is beside them")
    func editorLines() throws {
        for file in StarterFile.all where file.name.hasSuffix(".yaml") {
            let line = file.text.split(separator: "\n").first ?? ""
            let name = line.split(separator: "=").last.map(String.init)
            #expect(line.hasPrefix("# yaml-language-server: $schema=") && StarterFile.all.contains { $0.name == name })
        }
        let subscriptions =
            #"[{"partnerAction":"sendEvent","subscribe":"type = \"track\"","name":"E","mapping":{"userId":"u","eventName":"e"}}]"#
        let imported = try SubscriptionImport(file: "f", bytes: Array(subscriptions.utf8))
        #expect(imported.text.hasPrefix("# yaml-language-server: $schema=mappings.schema.json\n"))
        #expect(imported.text.contains("loops-bridge schema mappings >mappings.schema.json"))
    }
}
