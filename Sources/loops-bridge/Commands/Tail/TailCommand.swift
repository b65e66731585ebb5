import ArgumentParser
import Bridge
import BridgeService
import Destination
import JSON
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Events as they end.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Shows what becomes of events, as they are completed: one line each.",
        discussion: """
            Follows the journals of one replica or several, through their restarts. Shows contacts as hashes, and neither names of events nor Loops' \
            words, unless it has the token of http.viewToken or http.controlToken: from the environment for the bridge of these settings, from a \
            file that is named for addresses that are named (--url). Times are UTC. What ends while a replica is away is shown when it is back, as \
            far as its journal goes.

            Exit status: 0 --count entries were shown, 1 every replica refused, 2 settings cannot be used; else until Ctrl-C.
            """
    )

    @Option(help: "Entries of this stream only. May be repeated.") var stream: [String] = []
    @Option(help: "Entries with a request, or a failure, of this mapping only. May be repeated.") var mapping:
        [String] =
            []
    @Option(
        help:
            "Entries with this outcome only: delivered, deleted, ignored, expired, deadLettered, lost. May be repeated."
    )
    var outcome: [OutcomeName] = []
    @Option(help: "Entries with an event of this name only (needs a token), or of this type. May be repeated.")
    var event: [String] = []
    @Option(help: "Entries of this contact only: its key as it is, or its hash. May be repeated.") var contact:
        [String] =
            []
    @Flag(help: "One JSON object for each entry, one a line.") var json = false
    @Option(
        help: "Begins with the entries that were completed so long ago, as far as the journal goes: 30s, 10m, 2h.",
        transform: Span.init(typed:)
    )
    var since: Span?
    @Option(help: "Ends after so many entries.") var count: Int?
    @OptionGroup var journals: JournalOptions
    @OptionGroup var options: StreamOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is a number of entries from 1.") }
    }

    func run() async throws {
        let settings = try options.settings(journals.typed, wantsControl: true)
        let replicas = try journals.replicas(settings)
        let filter = TailFilter(
            streams: stream,
            mappings: mapping,
            outcomes: outcome.map(\.value.rawValue),
            events: event,
            contacts: contact
        )
        let text = JournalText(
            style: Terminal.hasOutputColour ? .coloured : .plain,
            namesReplicas: replicas.count > 1
        )
        let start = since.map { Date().timeIntervalSince1970 - $0.value / .seconds(1) }
        let output = TailOutput(count: count ?? .max)
        let refused = await withTaskGroup(of: Bool.self) { [json] group in
            for replica in replicas {
                let base = replica.base
                group.addTask {
                    let presence = Presence()
                    do {
                        try await JournalWatch(client: replica.client, base: base, since: start).run { update in
                            switch update {
                            case .connected(let hello):
                                guard presence.set(isLost: false) else { break }
                                Self.tell("\(base) answers again: \(hello["replica"]?.stringValue ?? "unknown")")
                            case .lost(let reason):
                                if presence.set(isLost: true) { break }
                                Self.tell("\(base) does not answer: \(reason); trying again")
                            case .missed(let count):
                                Self.tell("\(base): \(count) entries were gone before they were read")
                            case .entry(let entry):
                                guard filter.passes(entry) else { break }
                                let shown = json ? entry.visibleText : text.line(entry)
                                return output.write(shown)
                            }
                            return true
                        }
                        return false
                    } catch {
                        Self.tell("\(error)")
                        return true
                    }
                }
            }
            var refused = 0
            for await isRefused in group {
                if isRefused { refused += 1 } else { group.cancelAll() }
            }
            return refused
        }
        if refused == replicas.count { throw ExitStatus.failed }
    }

    private static func tell(_ text: String) { Terminal.printError(text) }
}

/// The lines of all replicas, up to a number of them.
private final class TailOutput: Sendable {
    private let left: Mutex<Int>

    init(count: Int) { left = Mutex(count) }

    /// - Returns: whether more are wanted.
    func write(_ line: String) -> Bool {
        left.withLock { left in
            if left > 0 { Terminal.write(Array((line + "\n").utf8)) }
            left = max(0, left - 1)
            return left > 0
        }
    }
}

/// Whether a replica was there at the last look.
private final class Presence: Sendable {
    private let isLost = Mutex(false)

    /// - Returns: what was there before.
    func set(isLost new: Bool) -> Bool {
        isLost.withLock { isLost in
            defer { isLost = new }
            return isLost
        }
    }
}

/// What became of an entry, as it is typed.
struct OutcomeName: ExpressibleByArgument {
    static let allValueStrings = JournalEntry.Outcome.allCases.map(\.rawValue)
    let value: JournalEntry.Outcome

    init?(argument: String) {
        guard let value = JournalEntry.Outcome(rawValue: argument) else { return nil }
        self.value = value
    }
}
