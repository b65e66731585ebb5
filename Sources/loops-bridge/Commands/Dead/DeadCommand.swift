import ArgumentParser

/// The dead letters.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Lists, shows, replays and drops dead letters: entries that could not be delivered.",
        discussion: """
            Mend what the letters complain of (an event's producer, a mapping, a setting in Loops), then put them back with \
            'loops-bridge dead replay', or delete them with 'loops-bridge dead drop'. Needs Redis only, and no API key.

            Exit status: 0 all went well, 1 something failed or was left alone, 2 settings or filters cannot be used, 64 the command line \
            is wrong.
            """,
        subcommands: [DeadListCommand.self, DeadShowCommand.self, DeadReplayCommand.self, DeadDropCommand.self]
    )
}
