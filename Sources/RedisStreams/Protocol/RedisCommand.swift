/// One argument of a command: text or bytes.
public enum RedisArgument: Sendable, Equatable, ExpressibleByStringLiteral {
    case string(String)
    case bytes(Bytes)

    public init(stringLiteral value: String) { self = .string(value) }

    static func integer(_ value: some BinaryInteger) -> RedisArgument { .string(String(value)) }
}

/// A command with its arguments.
public struct RedisCommand: Sendable, Equatable {
    public let name: String
    public let arguments: [RedisArgument]

    public init(_ name: String, _ arguments: [RedisArgument] = []) {
        self.name = name
        self.arguments = arguments
    }
}
