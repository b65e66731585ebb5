import ArgumentParser

/// The program's own reference documentation, for `make reference`. Not shown in the help.
struct ReferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Prints docs/reference/settings-and-commands.md, or the manual page with --man.",
        shouldDisplay: false
    )

    @Flag(help: "The manual page instead.") var man = false

    func run() async throws {
        guard let root = CommandFacts(dump: LoopsBridge._dumpHelp()) else {
            Terminal.printError("argument-parser describes commands in another form than this program knows")
            throw ExitStatus.failed
        }
        let text =
            man
            ? ManualPage(root: root, settings: Setting.all, version: Version.number).text
            : ReferencePage(root: root, settings: Setting.all).text
        Terminal.write(Array(text.utf8))
    }
}
