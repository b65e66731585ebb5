import Crypto
import Loops
import Support

/// Makes the `Idempotency-Key` of a request: the same for every attempt of one event and mapping, from any process.
enum IdempotencyKey {
    /// - Parameters:
    ///   - event: the event's `messageId`, or what names it in its place (stream, entry ID and place in a batch).
    ///   - mapping: the mapping's name; one event may send one Loops event per mapping.
    /// - Returns: `lb-` and 64 hexadecimal digits: 67 of the 100 characters that Loops takes.
    static func make(event: String, mapping: String) -> String {
        var hash = SHA256()
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        hash.update(data: Array("\(event.utf8.count):".utf8))
        hash.update(data: Array(event.utf8))
        hash.update(data: Array(mapping.utf8))
        return "lb-" + hash.finalize().hexadecimal
    }
}
