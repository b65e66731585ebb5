/// An error that Redis answered. The connection is as good as before.
public struct RedisServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The first word: `NOGROUP`, `BUSYGROUP`, `WRONGTYPE`, `ERR`, …
    public let code: String
    /// What follows it.
    public let message: String

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        code = String(parts[0])
        message = parts.count > 1 ? String(parts[1]) : ""
    }

    private init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Its code alone. Redis repeats the arguments of a command that it does not know, and those of AUTH are secrets.
    var withoutMessage: RedisServerError { RedisServerError(code: code, message: "") }

    public var description: String { message.isEmpty ? code : "\(code) \(message)" }
}
