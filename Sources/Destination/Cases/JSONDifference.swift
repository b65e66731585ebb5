package import JSON

/// One place where two values differ. Numbers are compared as doubles, objects without the order of their keys.
package struct JSONDifference: Sendable, Equatable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901); empty for the root.
    package let path: String
    /// nil where there should be nothing.
    package let expected: JSONValue?
    /// nil where there is nothing.
    package let found: JSONValue?

    package var description: String {
        """
        \(path.isEmpty ? "/" : path)
            expected \(expected?.jsonText ?? "nothing")
            got      \(found?.jsonText ?? "nothing")
        """
    }

    /// All differences, those of members and elements at their own places.
    static func differences(_ expected: JSONValue?, _ found: JSONValue?, at path: String = "") -> [JSONDifference] {
        switch (expected, found) {
        case (.object(let left)?, .object(let right)?):
            let keys = left.keys + right.keys.filter { left[$0] == nil }
            return keys.flatMap { key in
                differences(left[key], right[key], at: "\(path)/\(JSONPointer.escaped(key))")
            }
        case (.array(let left)?, .array(let right)?):
            return (0..<max(left.count, right.count)).flatMap { index in
                differences(
                    index < left.count ? .some(left[index]) : .none,
                    index < right.count ? .some(right[index]) : .none,
                    at: "\(path)/\(index)"
                )
            }
        case (.some(let left), .some(let right)) where left.isNumericallyEqual(to: right): return []
        case (.none, .none): return []
        default: return [JSONDifference(path: path, expected: expected, found: found)]
        }
    }
}
