package import JSON
package import RedisStreams
import Segment
import StreamGroups

extension GroupInspector {
    /// The latest entries of the stream, the newest first, with the contact and the events of each.
    /// - Throws: `RedisError`, or what `body` throws.
    package func latest(
        _ count: Int,
        body: (StreamID, _ contact: String?, _ events: [JSONValue]) throws -> Void
    ) async throws {
        var scanner = StreamScanner(client, keys.stream, .backwards)
        var left = count
        while left > 0, !scanner.isAtEnd {
            let entries = try await scanner.next(atMost: left)
            left -= entries.count
            for entry in entries {
                let decoded = decoder.decode(entry.fields ?? [])
                try body(entry.id, decoded.contactKey, decoded.events.map(\.json))
            }
        }
    }
}
