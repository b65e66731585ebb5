package import RedisStreams

/// Goes through a part of a stream batch by batch, so that neither Redis nor this process holds much of it at once.
package struct StreamScanner: Sendable {
    package enum Direction: Sendable { case forwards, backwards }

    /// Entries of one batch at the most.
    package static let maxBatch = 250
    /// Bytes that a batch should have, by what the last one had.
    package static let batchBytes = 512 * 1024

    private let client: RedisClient
    private let stream: String
    private let direction: Direction
    private var from: StreamID
    private var to: StreamID
    package private(set) var isAtEnd = false
    /// How many entries the next batch may have.
    package private(set) var batch = 16

    package init(
        _ client: RedisClient,
        _ stream: String,
        _ direction: Direction,
        from: StreamID = .zero,
        to: StreamID = .max
    ) {
        self.client = client
        self.stream = stream
        self.direction = direction
        self.from = from
        self.to = to
        isAtEnd = from > to
    }

    /// - Parameter most: entries that the caller still wants.
    /// - Returns: the next entries; none when all were given.
    package mutating func next(atMost most: Int = maxBatch) async throws(RedisError) -> [StreamEntry] {
        if isAtEnd || most <= 0 { return [] }
        let count = min(batch, most)
        let entries =
            switch direction {
            case .forwards: try await client.range(stream, from: from, to: to, count: count)
            case .backwards: try await client.reverseRange(stream, from: to, to: from, count: count)
            }
        guard let last = entries.last, let beyond = direction == .forwards ? last.id.next : last.id.previous else {
            isAtEnd = true
            return entries
        }
        switch direction {
        case .forwards: from = beyond
        case .backwards: to = beyond
        }
        isAtEnd = entries.count < count || from > to
        let mean = max(1, entries.reduce(0) { $0 + $1.byteCount } / entries.count)
        batch = max(1, min(Self.maxBatch, batch * 2, Self.batchBytes / mean))
        return entries
    }
}
