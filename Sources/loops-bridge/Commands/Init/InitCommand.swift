import ArgumentParser
import BridgeService

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files to begin with.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a mappings file and cases that test it, to begin with, and their schemas for editors.",
        discussion: """
            mappings.yaml, cases.yaml, mappings.schema.json and cases.schema.json. Nothing that is there already is overwritten without --force: then \
            nothing at all is written.

            Exit status: 0 all is there, 1 a file cannot be written, 2 files are there already.
            """
    )

    @Argument(help: "The folder; it is made where it is missing.", completion: .directory) var folder = "."
    @Flag(help: "Overwrites files that are there.") var force = false

    func run() async throws {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        // Those that are as they should be stay as they are.
        let files = StarterFile.all.filter { (try? String(contentsOfFile: base + $0.name, encoding: .utf8)) != $0.text }
        let present = files.map { base + $0.name }.filter(FileManager.default.fileExists(atPath:))
        if !force, !present.isEmpty {
            for path in present { Terminal.printError("\(path) is there already") }
            Terminal.printError("Nothing was written. Name another folder, or overwrite with --force.")
            throw ExitStatus.unusable
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for file in files {
                let path = base + file.name
                try Data(file.text.utf8).write(
                    to: URL(fileURLWithPath: path),
                    options: force ? .atomic : .withoutOverwriting
                )
                Terminal.line("\(path) written")
            }
        } catch {
            Terminal.printError("\(folder): not all files could be written: \(FileErrorText.of(error))")
            throw ExitStatus.failed
        }
        Terminal.line("Test it:  loops-bridge test \(base == "./" ? "" : base)\(StarterFile.casesName)")
    }
}
