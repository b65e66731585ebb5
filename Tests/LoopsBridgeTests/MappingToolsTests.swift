import ArgumentParser
import Bridge
import Destination
import Foundation
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("check, test and map --explain")
struct MappingToolsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let example = root.appending(path: "deploy/mappings.example.yaml").path
    private static let cases = root.appending(path: "deploy/mappings.test.yaml").path

    /// Calls `body` with a folder of these files, which is gone afterwards.
    private func withFiles<Value>(_ files: [String: String], _ body: (String) async throws -> Value) async throws
        -> Value
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "loops-bridge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return try await body(folder.path)
    }

    private func status(_ arguments: [String]) async -> Int32 {
        do {
            guard var command = try LoopsBridge.parseAsRoot(arguments) as? any AsyncParsableCommand else { return -1 }
            try await command.run()
            return 0
        } catch {
            return (error as? ExitCode)?.rawValue ?? LoopsBridge.exitCode(for: error).rawValue
        }
    }

    @Test("The example files are good, load without a warning, and their cases pass")
    func examples() async throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.example)))
        #expect(try Destination(file: "m", bytes: bytes).warnings.isEmpty)
        let report = MappingSuite.run([try MappingSuite.load(Self.cases).get()], hasColour: false)
        #expect(report.failed == 0 && report.passed == 7, "\(report.text)")
        #expect(report.text.hasSuffix("\n7 passed, 0 failed\n"))
        #expect(await status(["test", Self.cases]) == 0)
        #expect(await status(["check", "--mappings", Self.example]) == 0)
    }

    @Test("A case that fails shows where, and makes the status 1")
    func failingCase() async throws {
        let text = """
            cases:
              - {name: Good, event: {type: page}, expect: ignored}
              - name: Bad
                event: {type: track, userId: u, event: E}
                expect: {request: {path: events/send, body: {userId: u, eventName: F}}}
            """
        try await withFiles(["t.yaml": text]) { folder in
            let file = "\(folder)/t.yaml"
            let report = MappingSuite.run([try MappingSuite.load(file).get()], hasColour: false)
            #expect(
                report.text == """
                    ok      Good
                    not ok  Bad (\(file):3)
                              /0/request/body/eventName
                                  expected "F"
                                  got      "E"
                    1 passed, 1 failed

                    """
            )
            #expect(MappingSuite.run([], hasColour: true).text == "0 passed, 0 failed\n")
            #expect(await status(["test", file]) == 1)
            #expect(await status(["test", file, "\(folder)/none.yaml"]) == 2)
        }
    }

    @Test("Faults of the cases and of their mappings come together")
    func faultsOfBoth() async throws {
        let files = ["t.yaml": "mappings: m.yaml\ncase: []\n", "m.yaml": "- {action: sendEvnt}\n"]
        try await withFiles(files) { folder in
            guard case .failure(let fault) = MappingSuite.load("\(folder)/t.yaml") else {
                Issue.record("both are bad")
                return
            }
            #expect(
                fault.description == """
                    \(folder)/t.yaml:1: /cases: must be a list of cases
                    \(folder)/t.yaml:2: /case: is not known here; did you mean 'cases'?
                    \(folder)/m.yaml:1: /0/action: 'sendEvnt' is not an action; did you mean 'sendEvent'?
                    """
            )
            #expect(await status(["test", "\(folder)/t.yaml"]) == 2)
            #expect(await status(["check", "--mappings", "\(folder)/m.yaml"]) == 2)
            #expect(await status(["check", "--bridge-mappings", "\(folder)/m.yaml"]) == 2)
            #expect(await status(["check", "--mappings", "\(folder)/none.yaml"]) == 2)
        }
    }

    @Test("test needs a file")
    func noFile() async throws {
        #expect(await status(["test"]) == 64)
    }

    @Test("The example in the help of test is a file of cases that pass")
    func help() throws {
        let text = TestCommand.configuration.discussion
        let example = try #require(text.split(separator: "\n\n").first { $0.contains("cases:") })
        let lines = example.split(separator: "\n").filter { !$0.contains("mappings: mappings.yaml") }
        let cases = try MappingCases(file: "help", bytes: Array(lines.joined(separator: "\n").utf8)).cases
        #expect(cases.count == 3)
        for testCase in cases { #expect(testCase.differences(by: .presets).isEmpty, "\(testCase.name)") }
    }
}
