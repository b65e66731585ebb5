package import JSON

/// Which contact an event belongs to, so that one contact's events keep their order.
///
/// A list of dot paths; the first whose value counts gives the key. A path is walked through objects only. A value
/// counts when it is
/// - a text that is not empty, taken as it is, or
/// - an integer of at most 64 bits, as its decimal digits; with a fraction or an exponent only below 2^53, where it is exact (`42` and `42.0` are
///   both `42`).
///
/// Everything else (null, truth values, other numbers, arrays, objects) does not, and the next path is asked.
package struct ContactKeyRule: Sendable, Equatable {
    package static let defaultPaths = [
        "userId", "traits.email", "properties.email", "context.traits.email", "anonymousId",
    ]

    /// The dot paths as they were given.
    package let paths: [String]
    private let steps: [[String]]

    /// - Parameter paths: dot paths, the most telling first. Empty steps are dropped.
    package init(paths: [String] = Self.defaultPaths) {
        self.paths = paths
        self.steps = paths.map { $0.split(separator: ".").map(String.init) }
    }

    /// The contact's key, or nil for an event that says nothing of its contact.
    package func key(of event: JSONValue) -> String? {
        for path in steps where !path.isEmpty {
            var value: JSONValue? = event
            for step in path { value = value?[step] }
            if let key = value.flatMap(Self.key) { return key }
        }
        return nil
    }

    /// All names that an event has for its contact, the one that counts first.
    package func keys(of event: JSONValue) -> [String] {
        steps.compactMap { path in
            if path.isEmpty { return nil }
            var value: JSONValue? = event
            for step in path { value = value?[step] }
            return value.flatMap(Self.key)
        }
    }

    private static func key(from value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double: value.integerValue.flatMap { $0.magnitude < 1 << 53 ? String($0) : nil }
        case .null, .bool, .array, .object: nil
        }
    }
}
