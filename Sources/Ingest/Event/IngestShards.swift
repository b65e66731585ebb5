/// One logical stream as several, so that it does not end where one Redis does. A contact's events are all in one of them.
///
/// The number is recorded beside the streams: another one would put a contact's next event into another stream, before its last one is read.
package struct IngestShards: Sendable, Equatable {
    package static let countMax = 1024

    package let stream: String
    package let count: Int

    package init(stream: String, count: Int = 1) {
        self.stream = stream
        self.count = min(max(count, 1), Self.countMax)
    }

    /// All of them, in order. With one there is only the stream itself.
    package var streams: [String] { count == 1 ? [stream] : (0..<count).map { Self.name(stream, $0) } }

    package var first: String { count == 1 ? stream : Self.name(stream, 0) }

    /// The stream of a contact, by CRC-32 of the key's UTF-8 (the CRC of gzip and PNG). What says nothing of its contact goes by its messageId: a
    /// retry then finds the same stream.
    package func stream(of event: NormalizedEvent) -> String {
        guard count > 1 else { return stream }
        return Self.name(stream, index(of: event.contactKey ?? event.messageId))
    }

    package func index(of key: String) -> Int { Int(CRC32.checksum(Array(key.utf8)) % UInt32(count)) }

    /// A hash tag of its own for each: `segment:events:{3}`.
    private static func name(_ stream: String, _ index: Int) -> String { "\(stream):{\(index)}" }
}
