import RedisStreams
import StreamGroups

/// Takes away the dead letters of contacts that were deleted at Loops: a person who is to be forgotten must not stay in them.
struct DeadLetterEraser: Sendable {
    let client: RedisClient
    /// The dead-letter stream.
    let key: String

    /// The name of a letter's field with its contact key, in bytes.
    private static let contactField = Array("contact".utf8)

    /// Goes once through the letters that are there now. Repeated after a failure, it finds what is left.
    /// - Returns: how many were removed.
    func erase(_ contacts: Set<String>) async throws(RedisError) -> Int {
        let names = Set(contacts.map { Array($0.utf8) })
        var scanner = StreamScanner(client, key, .forwards)
        var erased = 0
        while true {
            let entries = try await scanner.next()
            if entries.isEmpty { return erased }
            let ids = entries.filter { Self.contact(of: $0).map(names.contains) ?? false }.map(\.id)
            if !ids.isEmpty { erased += try await client.delete(key, ids: ids) }
        }
    }

    /// The first field of that name: an entry's own fields come behind.
    private static func contact(of entry: StreamEntry) -> [UInt8]? {
        entry.fields?.first { $0.name.elementsEqual(contactField) }.map { Array($0.value) }
    }
}
