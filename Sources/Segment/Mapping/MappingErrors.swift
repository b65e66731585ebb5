/// What is wrong with a mapping, all of it at once. Found when it is loaded; the same mapping always fails again.
package struct MappingErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package let faults: [MappingFault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// One fault of a mapping.
package struct MappingFault: Equatable, Sendable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901) from the mapping's root, as `/email/@if/then`; empty for the root.
    package let path: String
    /// What is wrong and what was expected.
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path.isEmpty ? "/" : path): \(reason)" }
}

/// Why a mapping could not be resolved against one event. The same event always fails again.
package struct MappingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A JSON pointer to the directive that failed.
    package let path: String
    /// What it met.
    package let reason: String

    package var description: String { "\(path): \(reason)" }
}
