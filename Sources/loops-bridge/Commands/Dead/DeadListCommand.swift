import ArgumentParser
import Bridge
import BridgeService
import JSON

/// A table of dead letters.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists dead letters, the newest first.",
        discussion: """
            Contacts are shown as a hash, and addresses in texts are left out, unless --show-contacts is given.

            Exit status: 0 also when there are none, 1 Redis failed, 2 settings or filters cannot be used.
            """
    )

    @OptionGroup(title: "Which letters") var letters: DeadLetterOptions
    @Option(help: "Letters that are listed of each dead-letter stream at the most; 0 for all.") var limit = 100
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Shows contacts as they are.") var showContacts = false
    @OptionGroup var options: StreamOptions

    func validate() throws { try Self.check(limit) }

    static func check(_ limit: Int) throws {
        if limit < 0 { throw ValidationError("--limit is a number of letters, or 0 for all.") }
    }

    func run() async throws {
        try await DeadLetterSession.run(options, letters.filter) { session, _ in
            let text = DeadLetterText(
                now: session.now,
                showsContacts: showContacts,
                columns: DeadLetterColumns(width: Terminal.outputWidth)
            )
            var listed = 0
            var inBox = 0, box = 0
            var isCut = false
            try await session.each(newestFirst: true) { letter, index in
                if index != box { (box, inBox) = (index, 0) }
                if limit > 0, inBox == limit {
                    isCut = true
                    // Other boxes may have more.
                    return session.boxes.count > 1
                }
                inBox += 1
                listed += 1
                if json { return Terminal.line(text.json(letter).visibleText) }
                if listed == 1 { Terminal.line(text.header) }
                return Terminal.line(text.row(letter))
            }
            if !json {
                Terminal.printError(
                    listed == 0
                        ? "no dead letters" : "\(listed) listed" + (isCut ? "; there are more, see --limit" : "")
                )
            }
        }
    }
}
