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
}

/// The exit statuses, as the help names them.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let unusable = ExitCode(2)
    /// Nobody could be reached: sysexits' EX_UNAVAILABLE.
    static let unreachable = ExitCode(69)
}
