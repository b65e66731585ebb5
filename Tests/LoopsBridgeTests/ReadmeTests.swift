import ArgumentParser
import Foundation
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("The documentation says what the program does")
struct ReadmeTests {
    private func page(_ name: String) throws -> String { try Self.page(name) }

    private static func page(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    private var root: CommandFacts {
        get throws { try CommandFacts(dump: LoopsBridge._dumpHelp()) }
    }

    private static let generated = Result {
        try GeneratedFile.all(
            service: LoopsBridge._dumpHelp(),
            developers: LoopsBridgeDev._dumpHelp(),
            runbook: page("docs/how-to/runbook.md")
        )
    }

    @Test("What is made from the code is up to date; `make reference` makes it anew")
    func generatedFiles() throws {
        let files = try Self.generated.get()
        #expect(files.contains { $0.path == "docs/reference/settings-and-commands.md" })
        #expect(files.contains { $0.path == "docs/loops-bridge.1" })
        for file in files { #expect(try page(file.path) == file.text, "\(file.path)") }
    }

    @Test("docs/reference/exit-status.md and the manual page know the same exit statuses")
    func statuses() throws {
        let lines = try page("docs/reference/exit-status.md").split(separator: "\n")
        let rows = lines.filter { $0.hasPrefix("| ") }.dropFirst()
        let statuses = Set(rows.compactMap { $0.split(separator: "|").first?.trimmed })
        #expect(statuses == Set(ExitStatus.all.map(\.status)))
    }

    @Test("Every command stands in the table of docs/reference/commands.md")
    func commands() throws {
        let table = try page("docs/reference/commands.md")
        for command in LoopsBridge.configuration.subcommands where command.configuration.shouldDisplay {
            let name = try #require(command.configuration.commandName)
            #expect(table.contains("| `loops-bridge \(name)"), "\(name)")
        }
        for command in LoopsBridgeDev.configuration.subcommands {
            let name = try #require(command.configuration.commandName)
            #expect(table.contains("| `loops-bridge-dev \(name)"), "\(name)")
        }
    }

    @Test("Settings that docs/how-to/deploy.md names are there, with that environment variable and that default")
    func settings() throws {
        let rows = try page("docs/how-to/deploy.md").split(separator: "\n").filter {
            $0.wholeMatch(of: /\| `[a-z]+\.[a-zA-Z]+` \|.*/) != nil
        }
        #expect(rows.count > 5)
        for row in rows {
            let cells = row.split(separator: "|").map(\.trimmed)
            let setting = try #require(Setting.all.first { "`\($0.key)`" == cells[0] }, "\(row)")
            #expect(cells[1] == "`\(setting.environment)`" && cells[2] == (setting.fallback.map { "`\($0)`" } ?? ""))
        }
    }

    @Test("Every setting but secrets is a flag of run, and every flag of run a setting")
    func flags() throws {
        let run = try #require(root.subcommands.first { $0.name == "run" })
        let flags = Set(run.ownArguments.flatMap(\.names)).subtracting(["--config"])
        let settings = Set(Setting.all.filter(\.isFlag).map(\.flag))
        #expect(flags == settings)
    }

    @Test("The example users of deploy/ have the documented rights, no more and no less")
    func rights() throws {
        func rights(_ text: String, _ start: String) throws -> Set<Substring> {
            let rule = try #require(text.split(separator: "\n").first { $0.hasPrefix(start) })
            return Set(rule.split(separator: " ").filter { $0.hasPrefix("+") || $0.hasPrefix("~") })
        }
        for user in ["bridge", "ingest"] {
            let documented = try rights(page("docs/reference/redis.md"), "ACL SETUSER \(user) ")
            #expect(try rights(page("deploy/secrets.example/redis-users.acl"), "user \(user) ") == documented)
        }
    }

    @Test("Every relative link of the documentation leads somewhere")
    func links() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let pages = try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: "docs").path)
            .filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        #expect(pages.count > 8)
        for name in ["README.md", "CHANGELOG.md"] + pages {
            let place = folder.appending(path: name).deletingLastPathComponent()
            for link in try page(name).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
                let target = place.appending(path: String(link.1)).path
                #expect(FileManager.default.fileExists(atPath: target), "\(name): \(link.1)")
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(self).trimmingSpaces }
}
