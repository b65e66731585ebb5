import ArgumentParser
import BridgeService

@main
struct LoopsBridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loops-bridge",
        abstract:
            "Carries Segment-shaped events from Redis streams to Loops: in order, and acknowledged only when delivered.",
        discussion: """
            To try it without Redis and without Loops: 'loops-bridge-dev run', the program for developers, brings both, and sample events.

            Exit status: 0 all went well, 1 something failed, 2 the settings or the input cannot be used, 64 the command line is wrong.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, IngestCommand.self, PublishCommand.self, MapCommand.self, TestCommand.self,
            DiffCommand.self, InitCommand.self, MappingsCommand.self, SchemaCommand.self, CheckCommand.self,
            DeadCommand.self, WhyCommand.self,
            TailCommand.self, StatusCommand.self, PauseCommand.self, ResumeCommand.self, DrainCommand.self,
            ReloadCommand.self,
        ]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let moved = MovedCommand(arguments: arguments) {
            Terminal.printError("\(moved)")
            exit(withError: ExitStatus.unusable)
        }
        if let unknown = UnknownCommand.find(in: arguments, root: Self.self) {
            Terminal.printError("\(unknown)")
            exit(withError: ExitCode.validationFailure)
        }
        await main(nil)
    }
}
