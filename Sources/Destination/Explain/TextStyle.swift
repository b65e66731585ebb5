import JSON

/// Colours for a terminal, or none.
package enum TextStyle: Sendable {
    case plain
    case coloured

    func bold(_ text: String) -> String { styled(text, "1") }
    func dim(_ text: String) -> String { styled(text, "2") }
    package func red(_ text: String) -> String { styled(text, "31") }
    package func green(_ text: String) -> String { styled(text, "32") }
    package func yellow(_ text: String) -> String { styled(text, "33") }
    func cyan(_ text: String) -> String { styled(text, "36") }

    /// Select Graphic Rendition of ECMA-48.
    private func styled(_ text: String, _ code: String) -> String {
        self == .coloured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A text of an event or a mapping on one line, cut after `limit` characters; what would steer the terminal is
    /// written as JSON escapes it.
    static func shown(_ text: String, limit: Int = 100) -> String {
        var shown = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return String(shown) + "…" }
            count += 1
            switch scalar {
            case "\n", "\r": shown.append(" ")
            case _ where scalar.isInvisible:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    shown.append(
                        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
                    )
                }
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}
