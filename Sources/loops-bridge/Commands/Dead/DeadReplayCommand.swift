import ArgumentParser
import Bridge
import BridgeService
import Operations
import RedisStreams
import StreamGroups

/// Puts dead letters back.
struct DeadReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Puts dead letters back at the end of their streams, in the order of their entries.",
        discussion: """
            Each letter becomes an entry again and goes away in one step; an interrupted replay can simply be run again.

            A replayed entry comes behind everything that is in the stream. Where newer events of its contact were delivered or wait \
            there, the older one would be put last and might undo what they did, so such letters are left alone unless \
            --even-if-overtaken is given. Other dead letters of the contact do not count as newer events, nor do copies of older ones. \
            What the stream has lost by trimming cannot be known, and counts as overtaken. Events that no mapping takes count as \
            well, unless --by-mappings says that the mappings of these settings are those of the running bridge.

            An event keeps its messageId, and so its Idempotency-Key, which Loops knows for 24 hours: what Loops took before is \
            not taken twice within that time (a mail is not sent twice), and a request that got 400 had no effect and is tried as new. \
            Contact updates have no key: they are sent again and say the same again.

            Exit status: 0 all were replayed, 1 something failed, was left alone, or is named by --id and not there, 2 settings or filters cannot be used.
            """
    )

    @OptionGroup(title: "Which letters") var letters: DeadLetterOptions
    @Option(help: "Letters that are replayed at the most, those with the oldest entries; 0 for all.") var limit = 0
    @Flag(help: "Says what would be done and changes nothing.") var dryRun = false
    @Flag(help: "Replays letters also where newer events of the contact went ahead, or may have.") var evenIfOvertaken =
        false
    @Flag(help: "Events that no mapping (bridge.mappings) takes do not count as newer events.") var byMappings = false
    @Option(help: "Entries of a stream that are looked at for newer events, at the most.") var scan = 200_000
    @OptionGroup var options: StreamOptions

    /// Letters that are left alone and named.
    private static let maxNamed = 20

    func validate() throws {
        try DeadListCommand.check(limit)
        if scan < 1 { throw ValidationError("--scan is a number of entries from 1.") }
    }

    func run() async throws {
        try await DeadLetterSession.run(options, letters.filter) { session, settings in
            let destination = byMappings ? try CommandInput.destination(path: settings.mappingsPath) : nil
            var replayer = DeadLetterReplayer(boxes: session.boxes, scan: scan, destination: destination)
            var found: Set<StreamID> = []
            try await session.each(newestFirst: false) { letter, box in
                found.insert(letter.id)
                replayer.add(letter, box: box)
                return true
            }
            let isMissing = session.complainOfMissing(found)
            try await replayer.prepare(limit: limit > 0 ? limit : nil) {
                Terminal.progress("\($0) entries looked at for newer events")
            }
            Terminal.endProgress()
            try await replay(replayer)
            if isMissing { throw ExitStatus.failed }
        }
    }

    private func replay(_ replayer: DeadLetterReplayer) async throws {
        var replayed = 0, left = 0, gone = 0
        func summary() -> String {
            let verb = dryRun ? "would be replayed" : "replayed"
            return "\(replayed) \(verb), \(left) left" + (gone > 0 ? ", \(gone) were gone already" : "")
        }
        for (index, item) in replayer.items.enumerated() {
            if let obstacle = item.obstacle, !(item.isOvertaken && evenIfOvertaken) {
                left += 1
                if left <= Self.maxNamed { Terminal.printError("\(item.id) is left alone: \(obstacle)") }
                if left == Self.maxNamed + 1 { Terminal.printError("… and further ones") }
                continue
            }
            if dryRun {
                replayed += 1
                continue
            }
            do {
                if try await replayer.replay(item) == nil { gone += 1 } else { replayed += 1 }
            } catch {
                left += replayer.items.count - index
                Terminal.endProgress()
                Terminal.printError(
                    "\(item.id) could not be replayed: \(error). Run it again for the rest; nothing is replayed twice."
                )
                Terminal.printError(summary())
                throw ExitStatus.failed
            }
            if index % 50 == 49 { Terminal.progress("\(replayed) of \(replayer.items.count) replayed") }
        }
        Terminal.endProgress()
        Terminal.printError(summary())
        if left > 0 || (gone > 0 && !letters.id.isEmpty) { throw ExitStatus.failed }
    }
}
