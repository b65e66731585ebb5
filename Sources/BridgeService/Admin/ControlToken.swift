import Crypto

/// The secret that those who may steer the bridge over HTTP share with it.
///
/// Only its hash is kept, and only hashes are compared, so neither the time that a comparison takes nor a dump of the memory tells of it.
struct ControlToken: Sendable {
    /// Shorter ones could be guessed.
    static let minLength = 16

    private let digest: SHA256.Digest

    /// - Returns: nil when it is shorter than ``minLength``, or cannot stand in a header.
    init?(_ text: String) {
        guard text.utf8.count >= Self.minLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// Whether an `Authorization` header carries this token.
    func isCarried(by authorization: String?) -> Bool {
        let scheme = "bearer "
        guard let authorization, authorization.prefix(scheme.count).lowercased() == scheme else { return false }
        // Digests of one length, compared in constant time by the library.
        return SHA256.hash(data: Array(authorization.dropFirst(scheme.count).utf8)) == digest
    }
}
