import JSON

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
        guard let milliseconds = LiquidDateText.milliseconds(LiquidText(trimmed)), LiquidDate.isDate(milliseconds)
        else {
            return Optional.none
        }
        return milliseconds / 1_000
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
