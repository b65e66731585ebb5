import JSON
import JavaScript

/// What passes for a date in a `datetime` field: Segment's format `date-like`.
///
/// Three readings, one of which has to work: Unix time in digits, a date without a zone whose ranges nobody checks
/// (day.js), and whatever the `Date` of JavaScript's V8 takes. Only the answer counts; the text is sent as it came.
package enum DateLikeFormat {
    package static func isDate(_ text: String) -> Bool {
        if let isUnixTime = isUnixTime(text) { return isUnixTime }
        return isPlainDate(bytesWithPlainSpaces(text)) || DateParser.milliseconds(Array(text.utf16)) != nil
    }

    /// Nil for what is no number: the other readings decide.
    private static func isUnixTime(_ text: String) -> Bool? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard digits.first.map(isDigit) == true else { return nil }
        // A number that is written as JavaScript would write it is nothing else, and has to be a moment that it knows.
        if let number = Double(text), JSONValue.javaScriptText(number).hasSameBytes(as: text) {
            return number.magnitude <= 8.64e12
        }
        return digits.allSatisfy(isDigit) ? true : nil
    }

    /// The text with a space for each kind of white space that JavaScript knows, U+00A0 among them.
    private static func bytesWithPlainSpaces(_ text: String) -> [UInt8] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isJavaScriptSpace { bytes.append(0x20) } else { bytes += Array(String(scalar).utf8) }
        }
        return bytes
    }

    /// `YYYY[-/]M[-/]D`, then `T` or white space, `h:m:s` and a fraction; all but the year may be missing.
    private static func isPlainDate(_ text: [UInt8]) -> Bool {
        var pattern = PlainDatePattern(text: text)
        return pattern.matches(from: 0, step: 0)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// day.js' expression `^(\d{4})[-/]?(\d{1,2})?[-/]?(\d{0,2})[Tt\s]*(\d{1,2})?:?(\d{1,2})?:?(\d{1,2})?[.:]?(\d+)?$`.
///
/// The choices are few, so that going back over them costs a few hundred steps at the most, however long the text.
private struct PlainDatePattern {
    private enum Step {
        case digits(ClosedRange<Int>)
        case anyDigits
        case oneOf([UInt8])
        case gap
    }

    private static let separators = [UInt8(ascii: "-"), UInt8(ascii: "/")]
    private static let colon = [UInt8(ascii: ":")]
    private static let steps: [Step] = [
        .digits(4...4), .oneOf(separators), .digits(0...2), .oneOf(separators), .digits(0...2), .gap,
        .digits(0...2), .oneOf(colon), .digits(0...2), .oneOf(colon), .digits(0...2),
        .oneOf([UInt8(ascii: "."), UInt8(ascii: ":")]), .anyDigits,
    ]

    let text: [UInt8]

    mutating func matches(from start: Int, step: Int) -> Bool {
        guard step < Self.steps.count else { return start == text.count }
        switch Self.steps[step] {
        case .digits(let counts):
            var run = 0
            while run < counts.upperBound, start + run < text.count, DateLikeFormat.isDigit(text[start + run]) {
                run += 1
            }
            for count in stride(from: run, through: counts.lowerBound, by: -1) where count <= run {
                if matches(from: start + count, step: step + 1) { return true }
            }
            return false
        case .oneOf(let bytes):
            if start < text.count, bytes.contains(text[start]), matches(from: start + 1, step: step + 1) { return true }
            return matches(from: start, step: step + 1)
        case .gap:
            // Nothing behind the gap begins with what it takes, so that it never has to give anything back.
            var end = start
            while end < text.count, Self.isGap(text[end]) { end += 1 }
            return matches(from: end, step: step + 1)
        case .anyDigits:
            return text[start...].allSatisfy(DateLikeFormat.isDigit)
        }
    }

    private static func isGap(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "T"), UInt8(ascii: "t"), 0x20, 0x09...0x0d: true
        default: false
        }
    }
}
