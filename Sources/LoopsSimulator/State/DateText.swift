import JSON

/// The date formats of Loops: milliseconds since 1970, or ECMA-262 text (Loops docs, 2026-11).
enum DateText {
    static func isDate(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        if !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return Int64(text).map(isMoment) ?? false
        }
        return isWrittenDate(text)
    }

    /// Whether a number of milliseconds is within the range of dates of ECMA-262.
    static func isMoment(_ milliseconds: Int64) -> Bool {
        (-8_640_000_000_000_000...8_640_000_000_000_000).contains(milliseconds)
    }

    /// Ten digits are a date in 1970 as milliseconds and one of today as seconds.
    static func looksLikeSeconds(_ value: JSONValue) -> Bool {
        switch value {
        case .int(let number): number >= 1_000_000_000 && number <= 9_999_999_999
        case .string(let text): text.utf8.count == 10 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        default: false
        }
    }

    /// `YYYY-MM-DD`, optionally `T` or a blank and `HH:MM[:SS[.sss]]`, optionally `Z` or `±HH:MM`: a day that the calendar has, and 24:00 only as
    /// the end of a day.
    static func isWrittenDate(_ text: String) -> Bool {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.number(4, in: 0...9_999), scanner.take("-"), let month = scanner.number(2, in: 1...12),
            scanner.take("-"), scanner.number(2, in: 1...days(of: month, in: year)) != nil
        else { return false }
        if scanner.isAtEnd { return true }
        guard scanner.take("T") || scanner.take(" "), let hour = scanner.number(2, in: 0...24), scanner.take(":"),
            let minute = scanner.number(2, in: 0...59)
        else { return false }
        var rest = minute
        if scanner.take(":") {
            guard let second = scanner.number(2, in: 0...59) else { return false }
            rest += second
            if scanner.take(".") {
                guard let fraction = scanner.number(3, in: 0...999) else { return false }
                rest += fraction
            }
        }
        if hour == 24, rest > 0 { return false }
        if scanner.isAtEnd || (scanner.take("Z") && scanner.isAtEnd) { return true }
        guard scanner.take("+") || scanner.take("-"), scanner.number(2, in: 0...23) != nil, scanner.take(":") else {
            return false
        }
        return scanner.number(2, in: 0...59) != nil && scanner.isAtEnd
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func number(_ length: Int, in range: ClosedRange<Int>) -> Int? {
        guard position + length <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + length] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += length
        return range.contains(value) ? value : nil
    }
}
