import ArgumentParser
import Bridge
import BridgeService
import JSON
import Logging
import Operations

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where an event is, and why it is not delivered yet.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract:
            "Says where an event is, or what became of it: waiting, behind what, failing, dead-lettered, delivered.",
        discussion: """
            Looks through the streams, the group's pending entries and the dead letters for a messageId, a contact key as it is (user ID, \
            address, …), or an entry's ID. Needs no API key; changes nothing.

            What became of an entry that is finished is told by the journals of the replicas (--url), which remember their last entries, or by \
            its receipt (BRIDGE_JOURNAL_STREAM). For one that has neither, today's mappings (BRIDGE_MAPPINGS) say what it would be. Reasons and Loops' words need a token; see 'tail'.

            Attempts, Loops' last answer and the next attempt are told by the replica that has the entry in hand, after its next \
            heartbeat. Times are estimates: entries before it, by the rate limit (LOOPS_RATE_LIMIT).

            Exit status: 0 something was found, 1 nothing was found or Redis failed, 2 settings cannot be used.
            """
    )

    @Option(help: "In this stream only, one of BRIDGE_STREAMS. May be repeated.") var stream: [String] = []
    @Option(help: "Entries, pending entries and dead letters of a stream that are looked at, at the most, each.")
    var scan = 200_000
    @Option(help: "Entries that are told of, of each kind (waiting, in hand, dead, finished) and stream.") var limit =
        20
    @Flag(help: "One JSON object for each entry, one a line.") var json = false
    @Flag(help: "Shows contacts, and Loops' answers as they are.") var showContacts = false
    @OptionGroup var journals: JournalOptions
    @OptionGroup var options: StreamOptions
    @Argument(help: .init("What to look for.", valueName: "messageId|contact")) var query: String

    func validate() throws {
        if scan < 1 { throw ValidationError("--scan is a number of entries from 1.") }
        if limit < 1 { throw ValidationError("--limit is a number of entries from 1.") }
        if query.isEmpty { throw ValidationError("Give a messageId, a contact key or an entry's ID.") }
    }

    func run() async throws {
        let settings = try options.settings(journals.typed, wantsControl: true)
        let replicas = try journals.replicas(settings)
        try CommandInput.streams(Set(stream), of: settings.bridge)
        var configuration = settings.bridge
        if !stream.isEmpty { configuration.streams.removeAll { !stream.contains($0.name) } }
        var text = WhyText(
            now: Int64(Date().timeIntervalSince1970 * 1000),
            rate: configuration.rateLimit ?? 10,
            group: configuration.group,
            showsContacts: showContacts
        )
        try await CommandInput.redis(configuration.redis) {
            try await GroupInspector.run(configuration, logger: Loggers.logger(.init(level: .critical))) { views in
                var isFound = false
                var past = PastEntries(
                    replicas: replicas,
                    configuration: configuration,
                    settings.mappingsPath,
                    scan: scan
                )
                for view in views {
                    let search = EventSearch(query, in: view, scan: scan, limit: limit)
                    let findings = try await search.run { Terminal.progress("\($0) entries looked at") }
                    Terminal.endProgress()
                    isFound = isFound || !findings.hits.isEmpty
                    text.leftAlone = try await Replayability.obstacles(findings.deadLetters, [view], scan: scan)
                    for hit in findings.hits where hit.state == .finished {
                        text.fates[hit.id] = try await past.fate(of: hit, in: view)
                    }
                    for problem in past.takeProblems() { Terminal.printError(problem) }
                    for hit in findings.hits {
                        Terminal.line(json ? text.json(hit, findings).visibleText : text.text(hit, findings))
                    }
                    Terminal.printError(text.summary(findings))
                }
                if !isFound { throw ExitStatus.failed }
            }
        }
    }
}
