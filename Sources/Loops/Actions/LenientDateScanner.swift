/// Splits a text into what V8's date parser calls tokens.
struct LenientDateScanner {
    enum Word: Equatable {
        /// `digits` counts leading zeros; only nine digits that count are read.
        case number(Int, digits: Int)
        case name(Name)
        /// One of `: - + . )`
        case symbol(Character)
        case space
        case unknown
        case end
    }

    enum Name: Equatable {
        case month(Int)
        case halfDay(isAfternoon: Bool)
        case zone(isZ: Bool)
        /// The `T` between date and time.
        case timeSeparator
        case other
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let zones = ["ut", "utc", "gmt", "cdt", "cst", "edt", "est", "mdt", "mst", "pdt", "pst"]

    private let text: [UInt8]
    private var at = 0
    private(set) var peek: Word = .end

    init(_ text: [UInt8]) {
        self.text = text
        self.peek = scan()
    }

    mutating func next() -> Word {
        let word = peek
        peek = scan()
        return word
    }

    mutating func skip(_ symbol: Character) -> Bool {
        guard peek == .symbol(symbol) else { return false }
        peek = scan()
        return true
    }

    /// The next number if it has exactly so many digits.
    func fixedNumber(_ digits: Int) -> Int? {
        if case .number(let number, digits) = peek { number } else { nil }
    }

    /// 1 or -1 if a sign comes next.
    var sign: Int? {
        switch peek {
        case .symbol("+"): 1
        case .symbol("-"): -1
        default: nil
        }
    }

    private mutating func scan() -> Word {
        guard at < text.count else { return .end }
        let byte = text[at]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ")"):
            at += 1
            return .symbol(Character(Unicode.Scalar(byte)))
        case UInt8(ascii: "A")...: return name()
        case 0x20, 0x09...0x0d:
            while at < text.count, text[at] == 0x20 || (0x09...0x0d).contains(text[at]) { at += 1 }
            return .space
        case UInt8(ascii: "("):
            skipParentheses()
            return .unknown
        default:
            at += 1
            return .unknown
        }
    }

    private mutating func number() -> Word {
        let start = at
        var number = 0
        var significant = 0
        while at < text.count, DateLikeFormat.isDigit(text[at]) {
            let digit = Int(text[at] - UInt8(ascii: "0"))
            if significant > 0 || digit > 0 { significant += 1 }
            if significant <= 9 { number = number * 10 + digit }
            at += 1
        }
        return .number(number, digits: at - start)
    }

    /// Letters and everything that comes after them in Unicode. Three letters tell; only months may be longer.
    private mutating func name() -> Word {
        let start = at
        while at < text.count, text[at] >= UInt8(ascii: "A") { at += 1 }
        let name = String(decoding: text[start..<at], as: UTF8.self).lowercased()
        if let month = Self.months.firstIndex(of: String(name.prefix(3))) { return .name(.month(month + 1)) }
        switch name {
        case "am": return .name(.halfDay(isAfternoon: false))
        case "pm": return .name(.halfDay(isAfternoon: true))
        case "z": return .name(.zone(isZ: true))
        case "t": return .name(.timeSeparator)
        default: return .name(Self.zones.contains(name) ? .zone(isZ: false) : .other)
        }
    }

    private mutating func skipParentheses() {
        var depth = 0
        repeat {
            if text[at] == UInt8(ascii: "(") { depth += 1 }
            if text[at] == UInt8(ascii: ")") { depth -= 1 }
            at += 1
        } while at < text.count && depth > 0
    }
}
