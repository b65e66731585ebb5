import JSON

/// The date formats of Loops: milliseconds since 1970, or ECMA-262 text (Loops docs, 2026-11).
enum DateText {
    static func isDate(_ text: String) -> Bool {
        let isDigits = !text.isEmpty && text.utf8.count <= 16 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        return isDigits || isWrittenDate(text)
    }

    /// Ten digits are a date in 1970 as milliseconds and one of today as seconds.
    static func looksLikeSeconds(_ value: JSONValue) -> Bool {
        switch value {
        case .int(let number): number >= 1_000_000_000 && number <= 9_999_999_999
        case .string(let text): text.utf8.count == 10 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        default: false
        }
    }

    /// `YYYY-MM-DD`, optionally `T` or a blank and `HH:MM[:SS[.sss]]`, optionally `Z` or `±HH:MM`.
    static func isWrittenDate(_ text: String) -> Bool {
        var scanner = DigitScanner(Array(text.utf8))
        guard scanner.number(4, in: 0...9_999), scanner.take("-"), scanner.number(2, in: 1...12), scanner.take("-"),
            scanner.number(2, in: 1...31)
        else { return false }
        if scanner.isAtEnd { return true }
        guard scanner.take("T") || scanner.take(" "), scanner.number(2, in: 0...24), scanner.take(":"),
            scanner.number(2, in: 0...59)
        else { return false }
        if scanner.take(":") {
            guard scanner.number(2, in: 0...59) else { return false }
            if scanner.take("."), !scanner.digits(1...9) { return false }
        }
        if scanner.isAtEnd || (scanner.take("Z") && scanner.isAtEnd) { return true }
        guard scanner.take("+") || scanner.take("-"), scanner.number(2, in: 0...23) else { return false }
        _ = scanner.take(":")
        return scanner.number(2, in: 0...59) && scanner.isAtEnd
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

    mutating func number(_ length: Int, in range: ClosedRange<Int>) -> Bool {
        guard position + length <= bytes.count else { return false }
        var value = 0
        for byte in bytes[position..<position + length] {
            guard byte >= 0x30, byte <= 0x39 else { return false }
            value = value * 10 + Int(byte - 0x30)
        }
        position += length
        return range.contains(value)
    }

    mutating func digits(_ count: ClosedRange<Int>) -> Bool {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return count.contains(position - start)
    }
}
