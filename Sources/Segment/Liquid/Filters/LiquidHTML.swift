/// HTML's five escapes, and text without its tags.
enum LiquidHTML {
    private static let escapes: [(Character, UInt16, String)] = [
        ("&", 0x26, "&amp;"), ("<", 0x3C, "&lt;"), (">", 0x3E, "&gt;"), ("\"", 0x22, "&#34;"), ("'", 0x27, "&#39;"),
    ]

    static func escape(_ text: LiquidText) -> LiquidText {
        var result = LiquidText()
        for unit in text.units {
            if let escape = escapes.first(where: { $0.1 == unit }) {
                result.units += escape.2.utf16
            } else {
                result.units.append(unit)
            }
        }
        return result
    }

    static func unescape(_ text: LiquidText) -> LiquidText {
        var result = LiquidText()
        var rest = text.units[...]
        while let unit = rest.first {
            if let escape = escapes.first(where: { rest.starts(with: $0.2.utf16) }) {
                result.units.append(escape.1)
                rest = rest.dropFirst(escape.2.utf16.count)
            } else {
                result.units.append(unit)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// Elements whose content is no text, with what ends them.
    private static let blocks = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")]
        .map { (LiquidText($0.0), LiquidText($0.1)) }

    /// Removes tags, comments, scripts and styles. What is never closed stays.
    ///
    /// The ends are found beforehand, so that the time is linear however many openers there are.
    static func strip(_ text: LiquidText) -> LiquidText {
        var ends = blocks.map { text.occurrences(of: $0.1)[...] }
        var closers = text.units.indices.filter { text.units[$0] == 0x3E }[...]
        var result = LiquidText()
        var index = 0
        while index < text.count {
            guard text.units[index] == 0x3C else {
                result.units.append(text.units[index])
                index += 1
                continue
            }
            var end: Int?
            for (block, (opener, closer)) in blocks.enumerated() where text.units[index...].starts(with: opener.units) {
                ends[block] = ends[block].drop { $0 < index + opener.count }
                end = ends[block].first.map { $0 + closer.count }
            }
            closers = closers.drop { $0 <= index }
            guard let stop = end ?? closers.first.map({ $0 + 1 }) else {
                result.units += text.units[index...]
                break
            }
            index = stop
        }
        return result
    }
}
