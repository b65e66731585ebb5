import JSON
import JavaScript

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

/// Reads a part of a template from left to right: names, numbers, quoted texts.
struct LiquidCursor {
    let source: LiquidSource
    let end: Int
    var position: Int
    /// Where a text begins that has no closing quote.
    private(set) var openText: Int?

    init(_ source: LiquidSource, in range: Range<Int>) {
        self.source = source
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The unit ahead, nil at the end of the part.
    func peek(_ offset: Int = 0) -> UInt16? {
        position + offset < end ? source.units[position + offset] : nil
    }

    func matches(_ text: String) -> Bool {
        var offset = 0
        for unit in text.utf16 {
            guard peek(offset) == unit else { return false }
            offset += 1
        }
        return true
    }

    mutating func skipBlank() {
        while let unit = peek(), LiquidUnit.isBlank(unit) { position += 1 }
    }

    /// Steps over the unit if it comes next.
    mutating func skip(_ unit: UInt16) -> Bool {
        guard peek() == unit else { return false }
        position += 1
        return true
    }

    /// Moves behind the next unit of this kind, or to the end.
    mutating func skip(past unit: UInt16) -> Bool {
        while let next = peek() {
            position += 1
            if next == unit { return true }
        }
        return false
    }

    /// A name, empty if there is none. Blanks before it are skipped.
    mutating func readName() -> LiquidText {
        skipBlank()
        let start = position
        while let unit = peek(), LiquidUnit.isWord(unit) { position += 1 }
        return source.text(start..<position)
    }

    /// A tag's name; `#` is the name of the inline comment.
    mutating func readTagName() -> String {
        skipBlank()
        return skip(LiquidUnit.hash) ? "#" : readName().string
    }

    /// A keyword, if it is not merely the beginning of a longer name.
    mutating func readWord(among words: [String]) -> String? {
        for word in words where matches(word) {
            let length = word.utf16.count
            if let next = peek(length), let last = word.utf16.last, LiquidUnit.isWord(last), LiquidUnit.isWord(next) {
                continue
            }
            position += length
            return word
        }
        return nil
    }

    /// A number with optional sign and fraction, nil if a name goes on after its digits.
    mutating func readNumber() -> Double? {
        var length = 0
        var digits = 0
        var hasDot = false
        if let unit = peek(), LiquidUnit.isSign(unit) { length += 1 }
        while let unit = peek(length) {
            if CodeUnit.isDigit(unit) {
                digits += 1
            } else if unit == LiquidUnit.dot, peek(length + 1) != LiquidUnit.dot {
                if hasDot || digits == 0 { return nil }
                hasDot = true
            } else {
                break
            }
            length += 1
        }
        if let next = peek(length), LiquidUnit.isWord(next) { return nil }
        guard digits > 0 else { return nil }
        let text = source.text(position..<position + length)
        position += length
        return LiquidValue.text(text).javaScriptNumber
    }

    /// A quoted text with its escapes resolved, nil if no quote comes next.
    ///
    /// One without its closing quote ends with the part, and loses its last character, as in liquidjs; ``openText`` says so.
    mutating func readQuoted() -> LiquidText? {
        guard let quote = peek(), LiquidUnit.isQuote(quote) else { return nil }
        let start = position
        position += 1
        while let unit = peek() {
            position = min(end, position + (unit == LiquidUnit.backslash ? 2 : 1))
            if unit == quote { return LiquidStringLiteral.content(of: source.units[start + 1..<position - 1]) }
        }
        openText = openText ?? start
        return LiquidStringLiteral.content(of: source.units[start + 1..<max(start + 1, end - 1)])
    }

    func error(at offset: Int? = nil, _ reason: String, hint: String? = nil) -> LiquidError {
        source.error(.syntax, at: offset ?? position, reason, hint: hint)
    }

    /// What is left of the part, for messages.
    var excerpt: String { source.excerpt(position..<max(position, end)) }
}
