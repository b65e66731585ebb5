import ArgumentParser
import Bridge
import BridgeService
import Destination
import JSON
import Logging
import Operations
import RedisStreams
import StreamGroups
import Support

/// Which requests other mappings would make of the latest events.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows which requests of the stream's latest events would differ with other mappings.",
        discussion: """
            Reads the latest entries of the streams, and holds each event against the mappings in force (BRIDGE_MAPPINGS, or the two presets) and \
            against those of --mappings. Needs Redis only, and no API key; sends and changes nothing. What differs is named by its place; what \
            stands there, and contacts, are shown with --show-contacts. What a mapping takes from the clock differs at every look.

            Exit status: 0 nothing differs, 1 something does, or Redis failed, 2 settings or mappings cannot be used.
            """
    )

    @Option(help: "The mappings file that is to be tried.", completion: .file()) var mappings: String
    @Option(help: "Entries of each stream that are looked at, the latest.") var last = 1000
    @Option(help: "Events that are listed.") var limit = 20
    @Option(help: "In this stream only, one of BRIDGE_STREAMS. May be repeated.") var stream: [String] = []
    @Flag(help: "Shows contacts, and both values of what differs.") var showContacts = false
    @OptionGroup var options: StreamOptions

    func validate() throws {
        if last < 1 { throw ValidationError("--last is a number of entries from 1.") }
        if limit < 0 { throw ValidationError("--limit is a number of events from 0.") }
    }

    func run() async throws {
        let settings = try options.settings()
        try CommandInput.streams(Set(stream), of: settings.bridge)
        var configuration = settings.bridge
        if !stream.isEmpty { configuration.streams.removeAll { !stream.contains($0.name) } }
        let old = try CommandInput.destination(path: settings.mappingsPath)
        var comparison = MappingsComparison(old: old, new: try CommandInput.destination(path: mappings))
        var listed = 0
        try await CommandInput.redis(configuration.redis) {
            try await GroupInspector.run(configuration, logger: Loggers.logger(.init(level: .critical))) { views in
                for view in views {
                    try await view.latest(last) { entry, contact, events in
                        for event in events {
                            let changes = comparison.take(event)
                            guard !changes.isEmpty, listed < limit else { continue }
                            listed += 1
                            let shown = contact.map { showContacts ? $0 : Redaction.hash($0) } ?? "no contact"
                            Terminal.line("\(entry) in \(view.keys.stream), contact \(shown)".shown)
                            for change in changes { for line in lines(change) { Terminal.line("  " + line.shown) } }
                        }
                    }
                }
            }
        }
        Terminal.printError(Self.summary(comparison, listed: listed))
        if comparison.changed > 0 { throw ExitStatus.failed }
    }

    private func lines(_ change: MappingsComparison.Change) -> [String] {
        let fault = change.fault.map { showContacts ? ": \($0)" : "" } ?? ""
        return ["\(change.mapping): \(Self.words(change.kind))\(fault)"]
            + change.differences.prefix(20).map { difference in
                guard showContacts else { return "  \(difference.path) differs" }
                let (old, new) = (
                    difference.expected?.visibleText ?? "nothing", difference.found?.visibleText ?? "nothing"
                )
                return "  \(difference.path): \(old) → \(new)"
            }
    }

    private static func words(_ kind: MappingsComparison.Change.Kind) -> String {
        switch kind {
        case .added: "a request more"
        case .removed: "no request any more"
        case .changed: "another request"
        case .broken: "would be dead-lettered"
        case .mended: "would not be dead-lettered any more"
        }
    }

    static func summary(_ comparison: MappingsComparison, listed: Int) -> String {
        let counts = MappingsComparison.Change.Kind.allCases.compactMap { kind in
            comparison.counts[kind].map { "\($0) × \(words(kind))" }
        }
        let more = comparison.changed > listed ? "; \(comparison.changed - listed) are not listed, see --limit" : ""
        return "\(comparison.events) events were looked at; for \(comparison.changed) something differs"
            + (counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))") + more
    }
}
