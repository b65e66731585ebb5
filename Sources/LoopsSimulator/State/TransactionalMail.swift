package import JSON

/// A transactional mail as a request asked for it.
package struct TransactionalMail: Sendable, Equatable {
    package struct Attachment: Sendable, Equatable {
        package let filename: String
        package let contentType: String
        package let byteCount: Int

        /// The bytes that base64 text stands for; nil when it is none (RFC 4648: padded, without line ends).
        static func byteCount(base64 text: String) -> Int? {
            let characters = Array(text.utf8)
            if characters.isEmpty || characters.count % 4 != 0 { return nil }
            let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            let content = characters.prefix { digits.contains($0) }
            let padding = characters.dropFirst(content.count)
            guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
            return characters.count / 4 * 3 - padding.count
        }
    }

    package let id: String
    package let email: String
    package let variables: JSONObject
    package let attachments: [Attachment]
    package let addsToAudience: Bool
    /// Whether the address is suppressed: the request is taken, and the mail bounces.
    package internal(set) var isSuppressed = false
}
