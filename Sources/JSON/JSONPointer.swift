/// A place inside a JSON text, as RFC 6901 writes it: `/traits/plan`.
package enum JSONPointer {
    /// The pointer that goes through these keys, the outermost first; empty for the root.
    package static func text(_ keys: [String]) -> String { keys.map { "/" + escaped($0) }.joined() }

    /// A key as a pointer has it: `a~0b~1c` for `a~b/c`.
    package static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        // By scalars: with a combining mark behind it, a slash is no Character of its own.
        var escaped = String.UnicodeScalarView()
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": escaped.append(contentsOf: "~0".unicodeScalars)
            case "/": escaped.append(contentsOf: "~1".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
