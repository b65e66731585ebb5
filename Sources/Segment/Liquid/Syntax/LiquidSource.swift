import JSON

/// A template's text in UTF-16 units, able to say where in it something is.
struct LiquidSource: Sendable {
    let units: [UInt16]

    init(_ text: String) {
        self.units = Array(text.utf16)
    }

    /// A property path that a filter was given as text, such as `where`'s first argument.
    init(_ text: LiquidText) {
        self.units = text.units
    }

    func text(_ range: Range<Int>) -> LiquidText {
        LiquidText(units[range.clamped(to: 0..<units.count)])
    }

    func error(
        _ kind: LiquidError.Kind,
        at offset: Int,
        _ reason: String,
        hint: String? = nil
    ) -> LiquidError {
        let before = units[..<min(max(offset, 0), units.count)]
        let line = before.count { $0 == LiquidUnit.newline } + 1
        let column = before.count - (before.lastIndex(of: LiquidUnit.newline).map { $0 + 1 } ?? 0) + 1
        return LiquidError(kind: kind, line: line, column: column, reason: reason, hint: hint)
    }

    /// A quoted piece of the template for messages, on one line, cut after 32 units.
    func excerpt(_ range: Range<Int>) -> String {
        let piece = text(range)
        let shown = piece.count > 32 ? LiquidText(piece.units.prefix(29)).string + "..." : piece.string
        return JSONValue.string(shown).jsonText
    }
}
