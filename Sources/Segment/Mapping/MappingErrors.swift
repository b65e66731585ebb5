/// What is wrong with a mapping, all of it at once. Found when it is loaded; the same mapping always fails again.
public struct MappingErrors: Error, Equatable, Sendable, CustomStringConvertible {
    public let faults: [MappingFault]

    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// One fault of a mapping.
public struct MappingFault: Equatable, Sendable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901) from the mapping's root, as `/email/@if/then`; empty for the root.
    public let path: String
    /// What is wrong and what was expected.
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path.isEmpty ? "/" : path): \(reason)" }
}

/// Why a mapping could not be resolved against one event. The same event always fails again.
public struct MappingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A JSON pointer to the directive that failed.
    public let path: String
    /// What it met.
    public let reason: String

    public var description: String { "\(path): \(reason)" }
}
