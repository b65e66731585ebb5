import ArgumentParser
import Bridge
import BridgeService
import JSON
import Operations
import StreamGroups

/// One dead letter as a whole.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows everything of a dead letter, the entry's own fields and so personal data included.",
        discussion: "Exit status: 0 it is there, 1 it is not, or Redis failed, 2 settings cannot be used."
    )

    @Option(help: "Of this stream only, one of BRIDGE_STREAMS. May be repeated.") var stream: [String] = []
    @Flag(help: "As a JSON object.") var json = false
    @OptionGroup var options: StreamOptions
    @Argument(help: "The letter's ID, as 'loops-bridge dead list' shows it.") var id: DeadLetterID

    /// Entries that are looked at for newer events of the contact.
    private static let scan = 200_000

    func run() async throws {
        var filter = DeadLetterFilter()
        filter.streams = Set(stream)
        filter.ids = [id.value]
        try await DeadLetterSession.run(options, filter) { session, _ in
            let text = DeadLetterText(now: session.now, showsContacts: true)
            var found: [DeadLetter] = []
            try await session.each(newestFirst: true) { letter, _ in
                found.append(letter)
                return true
            }
            let obstacles = try await Replayability.obstacles(found, session.boxes.flatMap(\.views), scan: Self.scan)
            for letter in found {
                Terminal.line(
                    json
                        ? text.json(letter, withFields: true).visibleText
                        : text.full(letter, obstacle: obstacles[letter.id])
                )
            }
            if found.isEmpty {
                Terminal.printError("There is no dead letter \(id.value): replayed, dropped or trimmed meanwhile?")
                throw ExitStatus.failed
            }
        }
    }
}
