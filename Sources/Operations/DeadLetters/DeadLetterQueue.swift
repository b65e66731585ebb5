package import RedisStreams
import Segment
package import StreamGroups

/// A dead-letter stream with the streams whose letters it takes: one each, unless `bridge.deadLetterStream` names one for all.
package struct DeadLetterQueue: Sendable {
    /// The dead-letter stream's key.
    package let key: String
    package let views: [GroupInspector]
    private let client: RedisClient
    private let decoder: EntryDecoder

    init?(key: String, views: [GroupInspector]) {
        guard let first = views.first else { return nil }
        self.key = key
        self.views = views
        self.client = first.client
        self.decoder = first.decoder
    }

    /// The boxes of these streams, each once.
    package static func boxes(of views: [GroupInspector]) -> [DeadLetterQueue] {
        var keys: [String] = []
        for view in views where !keys.contains(view.keys.deadLetters) { keys.append(view.keys.deadLetters) }
        return keys.compactMap { key in DeadLetterQueue(key: key, views: views.filter { $0.keys.deadLetters == key }) }
    }

    /// - Parameter now: milliseconds since 1970; letters' ages are told from it.
    package func search(_ filter: DeadLetterFilter, newestFirst: Bool, now: Int64) -> DeadLetterScan {
        DeadLetterScan(
            walk: StreamScanner(
                client,
                key,
                newestFirst ? .backwards : .forwards,
                to: filter.notAfter ?? .max
            ),
            client: client,
            key: key,
            filter: filter,
            newestFirst: newestFirst,
            now: now,
            decoder: decoder
        )
    }

    /// Deletes letters.
    /// - Returns: how many were there.
    package func drop(_ ids: [StreamID]) async throws(RedisError) -> Int { try await client.delete(key, ids: ids) }

    /// Whether the letter's stream is one of those that it takes letters of.
    package func takes(_ letter: DeadLetter) -> Bool { view(of: letter.stream) != nil }

    func view(of stream: String) -> GroupInspector? { views.first { $0.keys.stream == stream } }
}

/// Goes through a box and gives the letters that a filter lets through.
package struct DeadLetterScan: Sendable {
    private var walk: StreamScanner
    private let client: RedisClient
    private let key: String
    private let filter: DeadLetterFilter
    private let now: Int64
    private let decoder: EntryDecoder
    private var ids: [StreamID]
    private let wantsIDs: Bool
    /// Letters that were looked at.
    package private(set) var looked = 0
    /// The last of them; nil before the first.
    package private(set) var last: StreamID?
    /// Entries of the dead-letter stream that this program did not write.
    package private(set) var unreadable = 0

    init(
        walk: StreamScanner,
        client: RedisClient,
        key: String,
        filter: DeadLetterFilter,
        newestFirst: Bool,
        now: Int64,
        decoder: EntryDecoder
    ) {
        self.walk = walk
        self.client = client
        self.key = key
        self.filter = filter
        self.now = now
        self.decoder = decoder
        self.ids = newestFirst ? filter.ids.sorted(by: <) : filter.ids.sorted(by: >)
        self.wantsIDs = !filter.ids.isEmpty
    }

    /// - Returns: the next letters that pass, maybe none; nil when all were looked at.
    package mutating func next() async throws(RedisError) -> [DeadLetter]? {
        var entries: [StreamEntry]
        if wantsIDs {
            guard let id = ids.popLast() else { return nil }
            entries = try await client.range(key, from: id, to: id, count: 1)
        } else {
            entries = try await walk.next()
            if entries.isEmpty { return nil }
        }
        looked += entries.count
        last = entries.last?.id ?? last
        let letters = entries.compactMap { DeadLetter($0, decoder: decoder) }
        unreadable += entries.count - letters.count
        return letters.filter { filter.matches($0, now: now) }
    }
}
