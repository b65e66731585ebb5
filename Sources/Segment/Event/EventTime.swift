import JSON
import JavaScript

/// When an event happened, by its own account.
///
/// Producers write it in many ways. Taken are ISO 8601, whatever JavaScript's `Date` takes (RFC 1123, `… UTC`, a date alone), and Unix
/// time as a number or digits, in seconds, milliseconds, microseconds or nanoseconds by its size.
enum EventTime: Equatable {
    /// Seconds since 1970.
    case said(Double)
    /// It says something that is no time.
    case unreadable(String)
    case unsaid

    /// The members that tell it, the most telling first.
    private static let names = ["timestamp", "originalTimestamp", "sentAt", "receivedAt"]

    init(of event: JSONValue) {
        var unreadable: String?
        for name in Self.names {
            guard let value = event[name], !value.isNull, value != "" else { continue }
            if let seconds = Self.seconds(value) {
                self = .said(seconds)
                return
            }
            unreadable = unreadable ?? String(value.jsonText.prefix(80))
        }
        self = unreadable.map(EventTime.unreadable) ?? .unsaid
    }

    static func seconds(_ value: JSONValue) -> Double? {
        switch value {
        case .string(let text): return seconds(text)
        case .int, .uint, .double: return value.doubleValue.flatMap(seconds(unixTime:))
        case .null, .bool, .array, .object: return Optional.none
        }
    }

    private static func seconds(_ text: String) -> Double? {
        if let seconds = ISOMoment.seconds(text) { return seconds }
        guard text.utf8.count <= 100 else { return Optional.none }
        let trimmed = text.trimmedAsJavaScript
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ "0123456789.-+".utf8.contains($0) }),
            let number = Double(trimmed),
            // Four digits, or eight that look like one, are a date.
            number.magnitude >= 100_000_000 || trimmed.utf8.count < 4
        {
            return seconds(unixTime: number)
        }
        return DateParser.milliseconds(Array(trimmed.utf16)).map { $0 / 1_000 }
    }

    /// Seconds reach to the year 5138, milliseconds from 1973 on.
    private static func seconds(unixTime number: Double) -> Double? {
        switch number.magnitude {
        case ..<1e11: number
        case ..<1e14: number / 1e3
        case ..<1e17: number / 1e6
        case ..<1e20: number / 1e9
        default: nil
        }
    }
}

/// A moment in ISO 8601, as Segment's libraries write it: `2023-10-12T10:11:12.345Z` or with an offset.
enum ISOMoment {
    /// Seconds since 1970-01-01T00:00:00Z, or nil for any other text.
    static func seconds(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { seconds(Reader(bytes: UnsafeRawBufferPointer($0))) }
    }

    private static func seconds(_ start: Reader) -> Double? {
        var reader = start
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2, in: 1...12), reader.skip("-"),
            let day = reader.number(2, in: 1...31), reader.skip("T") || reader.skip(" "),
            let hour = reader.number(2, in: 0...23), reader.skip(":"), let minute = reader.number(2, in: 0...59)
        else { return nil }
        let days = GregorianCalendar.daysSince1970(year: year, month: month, day: day)
        var seconds = Double(days * 86_400 + hour * 3600 + minute * 60)
        if reader.skip(":") {
            guard let second = reader.number(2, in: 0...60) else { return nil }
            seconds += Double(second)
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                seconds += fraction
            }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        return seconds - Double(offset)
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var at = 0

        var isAtEnd: Bool { at == bytes.count }

        mutating func skip(_ symbol: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: symbol) else { return false }
            at += 1
            return true
        }

        mutating func number(_ digits: Int, in range: ClosedRange<Int> = 0...9999) -> Int? {
            guard at + digits <= bytes.count else { return nil }
            var number = 0
            for position in at..<(at + digits) {
                let byte = bytes[position]
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            at += digits
            return range.contains(number) ? number : nil
        }

        mutating func fraction() -> Double? {
            var fraction = 0.0
            var scale = 0.1
            let start = at
            while let digit = number(1) {
                fraction += Double(digit) * scale
                scale /= 10
            }
            return at > start ? fraction : nil
        }

        /// Seconds east of Greenwich; a missing zone is taken for Greenwich.
        mutating func offset() -> Int? {
            if isAtEnd || skip("Z") { return 0 }
            let sign = skip("+") ? 1 : skip("-") ? -1 : 0
            guard sign != 0, let hours = number(2, in: 0...23) else { return nil }
            _ = skip(":")
            guard let minutes = number(2, in: 0...59) else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
