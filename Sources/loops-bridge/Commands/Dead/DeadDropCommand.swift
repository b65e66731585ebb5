import ArgumentParser
import Bridge
import BridgeService
import Operations
import RedisStreams
import StreamGroups

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Deletes dead letters.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Deletes dead letters. Their events are gone then.",
        discussion: """
            Asks before it does, unless --yes or --id is given. Where nobody can answer, --yes is required.

            Exit status: 0 all were dropped, 1 something failed, the answer was no, or a letter named by --id is not there, 2 settings or filters cannot be used, or --yes is \
            missing.
            """
    )

    @OptionGroup(title: "Which letters") var letters: DeadLetterOptions
    @Option(help: "Letters that are dropped at the most, the oldest first; 0 for all.") var limit = 0
    @Flag(help: "Says what would be dropped and changes nothing.") var dryRun = false
    @Flag(help: "Does not ask.") var yes = false
    @OptionGroup var options: StreamOptions

    /// Letters that are deleted in one go.
    private static let batch = 500

    func validate() throws { try DeadListCommand.check(limit) }

    func run() async throws {
        let asks = !dryRun && !yes && letters.id.isEmpty
        if asks && isatty(STDIN_FILENO) != 1 {
            Terminal.printError(
                "Nothing was dropped: give --yes to delete without being asked, or --dry-run to see how many there are."
            )
            throw ExitStatus.unusable
        }
        try await DeadLetterSession.run(options, letters.filter) { session, _ in
            var ids = session.boxes.map { _ in [StreamID]() }
            var count = 0
            var found: Set<StreamID> = []
            try await session.each(newestFirst: false) { letter, box in
                found.insert(letter.id)
                if limit > 0, count == limit { return !session.filter.ids.isEmpty }
                ids[box].append(letter.id)
                count += 1
                return true
            }
            let isMissing = session.complainOfMissing(found)
            if dryRun {
                Terminal.printError("\(count) would be dropped")
                if isMissing { throw ExitStatus.failed }
                return
            }
            if asks && count > 0 && !Self.confirmed(count) {
                Terminal.printError("Nothing was dropped.")
                throw ExitStatus.failed
            }
            try await drop(ids, of: count, session.boxes)
            if isMissing { throw ExitStatus.failed }
        }
    }

    private func drop(_ ids: [[StreamID]], of count: Int, _ boxes: [DeadLetterQueue]) async throws {
        var dropped = 0, done = 0
        do {
            for (box, ids) in zip(boxes, ids) {
                for start in stride(from: 0, to: ids.count, by: Self.batch) {
                    let some = Array(ids.dropFirst(start).prefix(Self.batch))
                    dropped += try await box.drop(some)
                    done += some.count
                    Terminal.progress("\(dropped) of \(count) dropped")
                }
            }
        } catch {
            Terminal.endProgress()
            Terminal.printError("\(dropped) dropped, \(count - done) left: \(error). Run it again for the rest.")
            throw ExitStatus.failed
        }
        Terminal.endProgress()
        let gone = done - dropped
        Terminal.printError("\(dropped) dropped" + (gone > 0 ? ", \(gone) were gone already" : ""))
    }

    private static func confirmed(_ count: Int) -> Bool {
        Terminal.tell(Array("Delete \(count) dead letters and the events in them? [y/N] ".utf8))
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }
}
