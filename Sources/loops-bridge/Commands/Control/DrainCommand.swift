import ArgumentParser
import BridgeService

/// Empties one replica.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Makes one replica give its partitions to the others and stay up idle, until 'resume' or its end.",
        discussion: """
            It reads nothing new, lets the requests under way end, and leaves the group; the others take over at once. Nothing is kept: a \
            process that starts anew takes part again.

            Exit status: 0 it drains, 1 nobody answered or it was refused, 2 settings cannot be used.
            """
    )

    @OptionGroup var options: ControlOptions

    func run() async throws {
        let client = try options.client(try options.load())
        _ = try await client.post("drain")
        Terminal.line("\(client.base) drains; 'loops-bridge resume' makes it take part again")
    }
}
