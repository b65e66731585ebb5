import ArgumentParser
import BridgeService

/// The developers' program: what the service does not need to run, and must not contain.
@main
struct LoopsBridgeDev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loops-bridge-dev",
        abstract: "Tries loops-bridge without Redis and without Loops, and writes its reference documentation.",
        discussion: """
            Start with 'loops-bridge-dev run': it brings its own Redis, a simulator of Loops, and sample events. It is for development: built \
            from the source ('make run'), in no package and in no image of the service.
            """,
        version: Version.text,
        subcommands: [DevCommand.self, SimulateCommand.self, GenerateCommand.self]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if DevCommand.isNamed(by: arguments.first) { DevCommand.endQuietlyUntilBegun() }
        if let unknown = UnknownCommand.find(in: arguments, root: Self.self) {
            Terminal.printError("\(unknown)")
            exit(withError: ExitCode.validationFailure)
        }
        await main(nil)
    }
}
