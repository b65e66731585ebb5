/// One argument of a command: text or bytes.
package enum RedisArgument: Sendable, Equatable, ExpressibleByStringLiteral {
    case string(String)
    case bytes(Bytes)

    package init(stringLiteral value: String) { self = .string(value) }

    @inlinable
    package static func integer(_ value: some BinaryInteger) -> RedisArgument { .string(String(value)) }
}

/// A command with its arguments.
package struct RedisCommand: Sendable, Equatable {
    package let name: String
    package let arguments: [RedisArgument]

    package init(_ name: String, _ arguments: [RedisArgument] = []) {
        self.name = name
        self.arguments = arguments
    }

    /// Whether Redis may have changed something before it answered with this error. It refuses a plain command before it does anything; a
    /// script may fail half-way, and what it did before stays.
    func mayHaveBeenApplied(despite error: RedisServerError) -> Bool {
        switch name.uppercased() {
        case "EVAL", "EVALSHA", "FCALL", "EXEC": !Self.refusals.contains(error.code)
        default: false
        }
    }

    /// With what Redis refuses a script before it runs.
    private static let refusals: Set<String> = [
        "ASK", "BUSY", "CLUSTERDOWN", "CROSSSLOT", "EXECABORT", "LOADING", "MOVED", "NOAUTH", "NOPERM", "NOSCRIPT",
        "TRYAGAIN",
    ]
}
