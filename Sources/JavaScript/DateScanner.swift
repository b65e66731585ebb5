/// The words of a date's text, as V8's `Date` reads them.
struct DateScanner {
    enum Word: Equatable {
        case end
        case number(Int, length: Int)
        /// One of `: - + . )`.
        case symbol(Character)
        case month(Int)
        /// Hours to add for AM and PM.
        case halfDay(Int)
        /// A zone's name with its hours ahead of UTC.
        case zone(Int)
        case zulu
        case timeSeparator
        case otherName
        case space
        case other
    }

    private var rest: ArraySlice<UInt16>
    private(set) var next: Word = .end

    init(_ text: [UInt16]) {
        rest = text[...]
        next = scan()
    }

    /// Takes the next word.
    mutating func take() -> Word {
        defer { next = scan() }
        return next
    }

    mutating func skip(_ symbol: Character) -> Bool {
        guard next == .symbol(symbol) else { return false }
        next = scan()
        return true
    }

    /// The next number if it has exactly this many digits and lies in the range.
    mutating func takeNumber(length: Int, in range: ClosedRange<Int>) -> Int? {
        guard case .number(let number, length) = next, range.contains(number) else { return nil }
        next = scan()
        return number
    }

    private mutating func scan() -> Word {
        guard let unit = rest.first else { return .end }
        if CodeUnit.isDigit(unit) { return scanNumber() }
        if let scalar = Unicode.Scalar(unit), ":-+.)".unicodeScalars.contains(scalar) {
            rest = rest.dropFirst()
            return .symbol(Character(scalar))
        }
        if Self.isSpace(unit) {
            rest = rest.drop(while: Self.isSpace)
            return .space
        }
        if unit >= 0x41 { return scanName() }
        skipParentheses(unit)
        return .other
    }

    /// V8 takes U+2028 and U+2029 for letters here.
    private static func isSpace(_ unit: UInt16) -> Bool {
        CodeUnit.isSpace(unit) && unit != 0x2028 && unit != 0x2029
    }

    private mutating func scanNumber() -> Word {
        let digits = rest.prefix(while: CodeUnit.isDigit)
        rest = rest.dropFirst(digits.count)
        // Nine significant digits count, as in V8; more are out of any range anyway.
        let significant = digits.drop { $0 == CodeUnit.zero }.prefix(9)
        return .number(significant.reduce(0) { $0 * 10 + Int($1 - CodeUnit.zero) }, length: digits.count)
    }

    private mutating func scanName() -> Word {
        let name = rest.prefix { $0 >= 0x41 && !Self.isSpace($0) }
        rest = rest.dropFirst(name.count)
        // Only ASCII's letters have another case, as in V8.
        let start = String(decoding: name.prefix(3).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF16.self)
        if let month = Self.months.firstIndex(of: start) { return .month(month + 1) }
        return name.count <= 3 ? Self.keywords[start] ?? .otherName : .otherName
    }

    /// Skips one character, or everything in parentheses that it opens.
    private mutating func skipParentheses(_ unit: UInt16) {
        guard unit == CodeUnit.openParenthesis else {
            rest = rest.dropFirst()
            return
        }
        var open = 0
        repeat {
            let unit = rest.removeFirst()
            if unit == CodeUnit.openParenthesis { open += 1 }
            if unit == CodeUnit.closeParenthesis { open -= 1 }
        } while open > 0 && !rest.isEmpty
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static let keywords: [String: Word] = [
        "am": .halfDay(0), "pm": .halfDay(12), "ut": .zone(0), "utc": .zone(0), "gmt": .zone(0), "z": .zulu,
        "t": .timeSeparator, "est": .zone(-5), "edt": .zone(-4), "cst": .zone(-6), "cdt": .zone(-5), "mst": .zone(-7),
        "mdt": .zone(-6), "pst": .zone(-8), "pdt": .zone(-7),
    ]
}
