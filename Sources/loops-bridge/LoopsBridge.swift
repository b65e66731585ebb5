import ArgumentParser

@main
struct LoopsBridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loops-bridge",
        abstract:
            "Carries Segment-shaped events from Redis streams to Loops: in order, and acknowledged only when delivered.",
        discussion: """
            Start with 'loops-bridge dev': it brings its own Redis, a stand-in for Loops, and sample events.

            Exit status: 0 all went well, 1 something failed, 2 the settings or the input cannot be used, 64 the command line is wrong.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, DevCommand.self, SimulateCommand.self, PublishCommand.self, MapCommand.self,
            TestCommand.self, CheckCommand.self, DeadCommand.self, WhyCommand.self, StatusCommand.self,
            PauseCommand.self,
            ResumeCommand.self, DrainCommand.self, ReloadCommand.self, ReferenceCommand.self,
        ]
    )

    static func main() async {
        if CommandLine.arguments.dropFirst().first == "dev" { DevCommand.endQuietlyUntilBegun() }
        if let unknown = UnknownCommand.find(in: Array(CommandLine.arguments.dropFirst()), root: Self.self) {
            Terminal.printError("\(unknown)")
            exit(withError: ExitCode.validationFailure)
        }
        await main(nil)
    }
}

/// The exit statuses, as the help names them.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let unusable = ExitCode(2)
    /// Nobody could be reached: sysexits' EX_UNAVAILABLE.
    static let unreachable = ExitCode(69)

    /// All that a command may end with, for the manual page; docs/reference/exit-status.md says more of each.
    static let all: [(status: String, meaning: String)] = [
        ("0", "All went well; nothing to do counts as well."),
        ("1", "It was tried and failed, something was left alone, or nothing was found."),
        ("2", "Settings, mappings or other input cannot be used."),
        ("64", "The command line is wrong."),
        ("69", "Nobody could be reached: no bridge, and no Redis to ask instead (status)."),
        ("128 + n", "Ended by signal n; run and dev end with 0 after SIGTERM and SIGINT."),
        ("141", "Nobody reads the output any more."),
    ]
}
