import Crypto

/// All write keys. Printed or dumped, it shows names and nothing else.
package struct IngestKeys: Sendable {
    /// Several texts may be one key, so that it can be replaced without a gap.
    private struct Secret: Sendable {
        let digest: SHA256Digest
        let index: Int
    }

    package let keys: [IngestKey]
    private let secrets: [Secret]

    package static let empty = IngestKeys([])

    /// - Parameter keys: each with its secret texts.
    package init(_ keys: [(key: IngestKey, secrets: [String])]) {
        self.keys = keys.map(\.key)
        secrets = keys.enumerated().flatMap { index, element in
            element.secrets.map { Secret(digest: Self.digest($0), index: index) }
        }
    }

    /// The key of that text. The time depends on how many keys there are, not on which one it is, nor on how much of it is right.
    package func key(for text: String) -> IngestKey? {
        let digest = Self.digest(text)
        var found = -1
        // Digests compare in constant time. No early exit.
        for secret in secrets {
            let isEqual = secret.digest == digest
            found = isEqual ? secret.index : found
        }
        return found >= 0 ? keys[found] : nil
    }

    /// Whether a browser's key lists the origin: a preflight request has no key.
    package func allows(origin: String) -> Bool {
        keys.contains { $0.kind == .browser && $0.origins.contains(origin.lowercased()) }
    }

    private static func digest(_ text: String) -> SHA256Digest { SHA256.hash(data: Array(text.utf8)) }
}

extension IngestKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(keys.count) keys: \(keys.map(\.name).joined(separator: ", "))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["names": keys.map(\.name)]) }
}
