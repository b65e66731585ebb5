package import JSON

/// A mapping in Segment's mapping language, compiled: how the fields of an action come out of an event.
///
/// Semantics are Segment's (docs/reference/mapping-language.md, "Directives"; proved by Tests/Vectors/mapping.ndjson). Compiled once;
/// resolving neither reads a directive's name nor splits a path.
package struct EventMapping: Sendable {
    /// The key of a mapping's root whose directive gets the other members as its `mapping`.
    package static let rootDirectiveKey = "__segment_internal_directive"

    /// The names of all directives.
    package static let directives = MappingDirective.allCases.map(\.rawValue)
    /// A key that may stand beside a directive; it means nothing.
    package static let metadataKey = MappingCompiler.metadataKey

    /// Mistakes that Segment would notice only for events that reach them. The mapping works for all others; a check
    /// should refuse it all the same.
    package let lateFaults: [MappingFault]
    /// What the writer of the mapping should know, one sentence each.
    package let warnings: [String]
    private let root: MappingNode

    /// - Throws: ``MappingErrors`` with every fault of the mapping, each with its JSON pointer.
    package init(compiling mapping: JSONValue) throws(MappingErrors) {
        var compiler = MappingCompiler()
        let root = compiler.root(mapping, at: [])
        guard compiler.faults.isEmpty else { throw MappingErrors(faults: compiler.faults + compiler.lateFaults) }
        self.root = root
        self.lateFaults = compiler.lateFaults
        self.warnings = compiler.warnings
    }

    /// The mapping's value for an event; nil for JavaScript's `undefined`.
    ///
    /// - Parameter keepsUndefinedElements: whether a missing element of an array that is a member of the root is NaN instead of null, so that a
    ///   field which takes no array can tell the two apart.
    /// - Throws: ``MappingError``; the same event always fails again.
    package func resolve(
        _ event: JSONValue,
        keepsUndefinedElements: Bool = false
    ) throws(MappingError) -> JSONValue? {
        guard case .object = event else {
            throw MappingError(path: "", reason: "the event is not an object but \(event.kindName)")
        }
        var resolver = MappingResolver()
        return try resolver.resolveRoot(root, event, keepsUndefinedElements: keepsUndefinedElements)
    }
}

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

/// A directive's result would be longer than any request may be.
///
/// A few characters of a mapping can multiply what an event brings (`$'` in a replacement, long names in `@flatten`), so
/// that an event within its limits could otherwise take all memory.
struct ResultTooLong: Error {
    /// In UTF-8 bytes or UTF-16 units, whichever the directive works in.
    static let limit = 4 * 1024 * 1024

    static func check(_ count: Int) throws(ResultTooLong) {
        if count > limit { throw ResultTooLong() }
    }

    func error(at place: String) -> MappingError {
        MappingError(path: place, reason: "the result has more than \(Self.limit) characters")
    }
}
