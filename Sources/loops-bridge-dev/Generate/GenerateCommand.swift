import ArgumentParser
import BridgeService
import Foundation

/// Writes the files that are made from declarations in the code.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract:
            "Writes the files that are made from the code and the docs: reference documentation, the manual page, the flags of settings, the list of metrics, the runbook's page.",
        discussion: """
            'make reference' runs it. It asks the 'loops-bridge' beside it for its commands.

            Exit status: 0 all files are up to date now, 1 the program beside it cannot be asked, or with --check a file is stale.
            """
    )

    @Option(help: "The folder of the repository.", completion: .directory) var root = "."
    @Flag(help: "Writes nothing; names the files that are stale.") var check = false

    func run() async throws {
        let files: [GeneratedFile]
        do {
            files = try GeneratedFile.all(
                service: Self.commandsOfTheService(),
                developers: LoopsBridgeDev._dumpHelp(),
                runbook: String(
                    contentsOf: URL(fileURLWithPath: root).appending(path: "docs/how-to/runbook.md"),
                    encoding: .utf8
                )
            )
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.failed
        }
        var isStale = false
        for file in files {
            let path = URL(fileURLWithPath: root).appending(path: file.path)
            if (try? String(contentsOf: path, encoding: .utf8)) == file.text { continue }
            isStale = true
            if !check { try file.text.write(to: path, atomically: true, encoding: .utf8) }
            Terminal.line(check ? "\(file.path) is stale: run 'make reference'" : "\(file.path) written")
        }
        if check, isStale { throw ExitStatus.failed }
    }

    /// The program beside this one, or what was wrong with it.
    private static func commandsOfTheService() throws -> String {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "loops-bridge")
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = ["--experimental-dump-help"]
        process.standardOutput = output
        do { try process.run() } catch { throw Unasked(program: program.path, reason: "\(error.localizedDescription)") }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let dump = String(bytes: text, encoding: .utf8) else {
            throw Unasked(program: program.path, reason: "it ended with status \(process.terminationStatus)")
        }
        return dump
    }

    /// The service's program did not describe its commands.
    struct Unasked: Error, CustomStringConvertible {
        let program: String
        let reason: String

        var description: String { "\(program) does not describe its commands: \(reason). Build it first: 'make build'" }
    }
}
