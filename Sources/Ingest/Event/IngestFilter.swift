package import JSON
import Segment

/// What `ingest.drop` names: events that reach no mapping fill the stream and the dead letters. They are counted, and lost.
package struct IngestFilter: Sendable {
    package enum Word: String, Sendable, CaseIterable, Hashable {
        case page, screen, group, alias
        /// Nothing but an anonymousId says whose it is: Loops cannot be told of it.
        case anonymous
        /// No mapping matches.
        case unmapped
    }

    package private(set) var words: Set<Word>
    /// Whether a mapping matches; asked for `unmapped`.
    private let isMapped: @Sendable (JSONValue) -> Bool
    private let namingRule: ContactKeyRule

    package init(
        _ words: Set<Word> = [],
        contactPaths: [String] = ContactKeyRule.defaultPaths,
        isMapped: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
    ) {
        self.words = words
        self.isMapped = isMapped
        namingRule = ContactKeyRule(paths: contactPaths.filter { $0 != "anonymousId" })
    }

    /// The same with what a key adds.
    package func narrowed(for key: IngestKey) -> IngestFilter {
        var filter = self
        filter.words = key.dropWords(words)
        return filter
    }

    /// For a browser's key that says nothing else.
    package static let browserDefault: Set<Word> = [.page, .screen, .group, .alias, .anonymous]

    /// - Parameter event: normalized, with its IDs as the bridge reads them.
    package func reason(for event: JSONValue) -> IngestDropReason? {
        guard !words.isEmpty else { return nil }
        switch event["type"]?.stringValue {
        case "page" where words.contains(.page): return .page
        case "screen" where words.contains(.screen): return .screen
        case "group" where words.contains(.group): return .group
        case "alias" where words.contains(.alias): return .alias
        default: break
        }
        if words.contains(.anonymous), namingRule.key(of: event) == nil { return .anonymous }
        return words.contains(.unmapped) && !isMapped(event) ? .unmapped : nil
    }
}
