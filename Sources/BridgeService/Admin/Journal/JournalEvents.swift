import Bridge
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import ServiceLifecycle

/// `/journal/events`: entries as they are completed, as server-sent events, until the watcher goes or the server stops.
///
/// A watcher has a place in the journal and no buffer of its own: one that is slow finds that entries are gone, and is told how many. A second
/// without an entry has a `tick`, so a connection that is silent for longer is a broken one.
struct JournalEvents: Sendable {
    let journal: EventJournal
    let writer: JournalJSON
    let interval: Duration

    /// Entries in one piece.
    private static let batch = 50

    /// Where a watcher goes on that has seen entries before.
    /// - Parameter cursor: the ID of the last event that it has seen.
    /// - Returns: the beginning for a cursor of another process: all of this one's entries are new to the watcher.
    static func position(after cursor: String, in journal: EventJournal) -> UInt64 {
        guard let dash = cursor.lastIndex(of: "-"), cursor[..<dash] == journal.run else { return 0 }
        return UInt64(cursor[cursor.index(after: dash)...]) ?? 0
    }

    /// What a HEAD is answered.
    var head: Response { Response(status: .ok, headers: headers) }

    func response(from start: UInt64, seat: WatcherLimit.Seat) -> Response {
        let body = ResponseBody { [self] output in
            try await output.write(event("hello", hello))
            var place = start
            var silent = Duration.zero
            for await _ in Self.ticks(interval).cancelOnGracefulShutdown() {
                silent += interval
                var hasMore = true
                while hasMore {
                    let (entries, missed) = journal.entries(after: place, atMost: Self.batch)
                    hasMore = entries.count == Self.batch
                    if entries.isEmpty { break }
                    var piece = ByteBuffer()
                    if missed > 0 { piece.writeImmutableBuffer(event("missed", ["count": .int(Int64(missed))])) }
                    for entry in entries {
                        let id = "\(journal.run)-\(entry.number)"
                        piece.writeImmutableBuffer(event("entry", .object(writer.line(entry)), id: id))
                        place = entry.number
                    }
                    silent = .zero
                    try await output.write(piece)
                }
                if silent >= .seconds(1) {
                    silent = .zero
                    try await output.write(event("tick", ["newest": .int(Int64(journal.newest))]))
                }
            }
            try await output.finish(nil)
            withExtendedLifetime(seat) {}
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private var hello: JSONValue {
        [
            "replica": .string(writer.replica), "run": .string(journal.run), "access": .string(writer.access.name),
            "newest": .int(Int64(journal.newest)), "kept": .int(Int64(journal.size.entries)),
        ]
    }

    private var headers: HTTPFields {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.contentType] = "text/event-stream; charset=utf-8"
        // A proxy that collects an answer before it passes it on would keep the watcher waiting.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        return headers
    }

    /// Ends when the task is cancelled.
    private static func ticks(_ interval: Duration) -> AsyncStream<Void> {
        AsyncStream {
            do { try await Task.sleep(for: interval) } catch { return nil }
            return ()
        }
    }

    private func event(_ name: String, _ value: JSONValue, id: String? = nil) -> ByteBuffer {
        var buffer = ByteBuffer(string: (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: ")
        buffer.writeBytes(value.serialized(escapesInvisible: true))
        buffer.writeStaticString("\n\n")
        return buffer
    }
}
