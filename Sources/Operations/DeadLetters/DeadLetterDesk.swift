package import Bridge
package import Destination
package import Logging
import RedisStreams
import StreamGroups

/// The dead letters as a running service shows and handles them: through connections of its own, so that large letters keep no heartbeat waiting.
package struct DeadLetterDesk: Sendable {
    /// Letters that one page looks at in a box, at the most; the filter may let few of them through.
    static let maxLooked = 2000
    /// Bytes of letters that one page takes of a box; a letter may have a megabyte.
    static let maxBytes = 4 << 20
    /// Letters that one order takes, those with the oldest entries.
    package static let maxLetters = 10_000
    /// Entries of a stream that are looked at for newer events of a contact, as `dead replay` does.
    private static let scan = 200_000
    /// Letters that are deleted in one go.
    private static let batch = 500

    private let configuration: BridgeConfiguration
    private let logger: Logger

    package init(_ configuration: BridgeConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The newest letters that a filter lets through.
    /// - Parameter now: milliseconds since 1970.
    /// - Throws: `RedisError`.
    package func page(_ filter: DeadLetterFilter, limit: Int, now: Int64) async throws -> DeadLetterPage {
        try await withBoxes(filter) { boxes in
            var parts: [DeadLetterPage.Part] = []
            for box in boxes { parts.append(try await part(of: box, filter, limit: limit, now: now)) }
            return DeadLetterPage(parts, limit: limit)
        }
    }

    private func part(
        of box: DeadLetterQueue,
        _ filter: DeadLetterFilter,
        limit: Int,
        now: Int64
    ) async throws -> DeadLetterPage.Part {
        var part = DeadLetterPage.Part()
        var search = box.search(filter, newestFirst: true, now: now)
        var bytes = 0
        while let letters = try await search.next() {
            part.letters += letters
            part.looked = search.looked
            bytes += letters.reduce(0) { $0 + $1.fields.reduce(0) { $0 + $1.name.count + $1.value.count } }
            if part.letters.count > limit || part.looked >= Self.maxLooked || bytes >= Self.maxBytes {
                part.reach = search.last ?? .zero
                break
            }
        }
        return part
    }

    /// Does what an order says, letter by letter, until it is done, cancelled, or fails.
    /// - Parameters:
    ///   - destination: the mappings in force: an event that none of them takes does not count as a newer one.
    ///   - now: milliseconds since 1970.
    package func perform(
        _ order: DeadLetterOrder,
        destination: Destination,
        now: Int64,
        progress: @Sendable (DeadLetterProgress) -> Void
    ) async throws -> DeadLetterReport {
        try await withBoxes(order.filter) { boxes in
            switch order.action {
            case .replay: try await replay(order, destination, boxes, now: now, progress)
            case .drop: try await drop(order, boxes, now: now, progress)
            }
        }
    }

    private func replay(
        _ order: DeadLetterOrder,
        _ destination: Destination,
        _ boxes: [DeadLetterQueue],
        now: Int64,
        _ progress: @Sendable (DeadLetterProgress) -> Void
    ) async throws -> DeadLetterReport {
        var report = DeadLetterReport()
        var replayer = DeadLetterReplayer(boxes: boxes, scan: Self.scan, destination: destination)
        try await each(order.filter, boxes, now: now, progress) { letter, box in
            report.found(letter.id)
            replayer.add(letter, box: box)
        }
        report.hasMore = report.found > Self.maxLetters
        try await replayer.prepare(limit: Self.maxLetters) { progress(.checked($0)) }
        for (index, item) in replayer.items.enumerated() {
            if let obstacle = item.obstacle, !(item.isOvertaken && order.replaysOvertaken) {
                report.left(
                    .init(id: item.id, stream: item.stream, obstacle: obstacle, isOvertaken: item.isOvertaken)
                )
            } else if order.isDryRun {
                report.done += 1
            } else {
                do {
                    try Task.checkCancellation()
                    if let entry = try await replayer.replay(item) {
                        report.replayed(.init(id: item.id, stream: item.stream, entry: entry))
                    } else {
                        report.gone += 1
                    }
                } catch {
                    report.failure = Self.words(error)
                    return report
                }
            }
            if index % 20 == 19 { progress(.done(index + 1, of: replayer.items.count)) }
        }
        return report
    }

    private func drop(
        _ order: DeadLetterOrder,
        _ boxes: [DeadLetterQueue],
        now: Int64,
        _ progress: @Sendable (DeadLetterProgress) -> Void
    ) async throws -> DeadLetterReport {
        var report = DeadLetterReport()
        var ids = boxes.map { _ in [StreamID]() }
        var taken = 0
        try await each(order.filter, boxes, now: now, progress) { letter, box in
            report.found(letter.id)
            guard taken < Self.maxLetters else { return }
            taken += 1
            ids[box].append(letter.id)
        }
        report.hasMore = report.found > Self.maxLetters
        if order.isDryRun {
            report.done = taken
            return report
        }
        for (box, ids) in zip(boxes, ids) {
            for start in stride(from: 0, to: ids.count, by: Self.batch) {
                let some = Array(ids.dropFirst(start).prefix(Self.batch))
                do {
                    try Task.checkCancellation()
                    let dropped = try await box.drop(some)
                    report.done += dropped
                    report.gone += some.count - dropped
                } catch {
                    report.failure = Self.words(error)
                    return report
                }
                progress(.done(report.done + report.gone, of: taken))
            }
        }
        return report
    }

    /// Gives every letter that a filter lets through, the oldest of a box first.
    private func each(
        _ filter: DeadLetterFilter,
        _ boxes: [DeadLetterQueue],
        now: Int64,
        _ progress: @Sendable (DeadLetterProgress) -> Void,
        _ body: (DeadLetter, Int) -> Void
    ) async throws {
        var looked = 0
        for (index, box) in boxes.enumerated() {
            var search = box.search(filter, newestFirst: false, now: now)
            while let letters = try await search.next() {
                try Task.checkCancellation()
                for letter in letters { body(letter, index) }
                progress(.looked(looked + search.looked))
            }
            looked += search.looked
        }
    }

    private func withBoxes<Value: Sendable>(
        _ filter: DeadLetterFilter,
        _ body: ([DeadLetterQueue]) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration
        if !filter.streams.isEmpty { configuration.streams.removeAll { !filter.streams.contains($0.name) } }
        return try await GroupInspector.run(configuration, logger: logger) { views in
            try await body(DeadLetterQueue.boxes(of: views))
        }
    }

    private static func words(_ error: any Error) -> String {
        error is CancellationError ? "it was stopped" : "\(error)"
    }
}
