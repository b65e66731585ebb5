import ArgumentParser
import Foundation
import Testing

@testable import loops_bridge

@Suite("The README says what the program does")
struct ReadmeTests {
    private var readme: String {
        get throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        }
    }

    @Test("Every setting stands in the table, as the program has it", arguments: Setting.all.map(\.key))
    func settings(key: String) throws {
        let setting = try #require(Setting.all.first { $0.key == key })
        let fallback = setting.fallback.map { "`\($0)` " } ?? ""
        #expect(try readme.contains("| `\(key)` | `\(setting.environment)` | \(fallback)| \(setting.help) |\n"))
    }

    @Test("Every command stands in the table")
    func commands() throws {
        for command in LoopsBridge.configuration.subcommands {
            let name = try #require(command.configuration.commandName)
            #expect(try readme.contains("| `loops-bridge \(name)"), "\(name)")
        }
    }
}
