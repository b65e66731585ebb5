import Crypto
import RedisStreams

/// What stands for a message ID in Redis: 10 bytes of a hash. Two events are taken for the same one when all of them are.
package struct EventFingerprint: Sendable, Hashable {
    /// Of so many hashes a day each holds few fields, which Redis keeps packed: 17 MB a million events.
    static let buckets = 65_536

    let bucket: UInt16
    let field: Bytes

    /// - Parameters:
    ///   - source: who sent it; the same ID of another sender is another event.
    package init(source: String, messageID: String) {
        var hash = SHA256()
        hash.update(data: Bytes(source.utf8))
        // No name of a source has this byte: no other pair gives the same text.
        hash.update(data: [0] as Bytes)
        hash.update(data: Bytes(messageID.utf8))
        let digest = Array(hash.finalize().prefix(10))
        field = Array(digest[..<8])
        bucket = UInt16(digest[8]) << 8 | UInt16(digest[9])
    }
}
