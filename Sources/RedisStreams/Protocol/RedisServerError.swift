/// An error that Redis answered. The connection is as good as before.
package struct RedisServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The first word: `NOGROUP`, `BUSYGROUP`, `WRONGTYPE`, `ERR`, …
    package let code: String
    /// What follows it.
    package let message: String

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        code = String(parts[0])
        message = parts.count > 1 ? String(parts[1]) : ""
    }

    private init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// What may be shown of an answer to AUTH: Redis repeats the arguments of a command that it does not know, and these are secrets.
    var ofAuthentication: RedisServerError {
        guard code == "ERR" else { return self }
        // Both wordings, of Redis 6 and newer and of older ones.
        let isUnwanted = ["without any password configured", "no password is set"].contains { message.contains($0) }
        return RedisServerError(code: code, message: isUnwanted ? "Redis has no password set for this user" : "")
    }

    package var description: String { message.isEmpty ? code : "\(code) \(message)" }
}
