package import JSON
import JavaScript

/// A member of an event that says when, read and written.
package enum EventTimestamp {
    /// Milliseconds since 1970, or nil for what is no time: ISO 8601, whatever JavaScript's `Date` accepts, Unix time by its size.
    package static func milliseconds(_ value: JSONValue) -> Int64? {
        guard let seconds = EventTime.seconds(value), seconds.isFinite else { return nil }
        return Int64(saturating: (seconds * 1000).rounded())
    }

    /// As Segment's libraries write it: `2026-10-12T10:11:12.345Z`. Nil outside the years 0 to 9999.
    package static func text(milliseconds: Int64) -> String? {
        // From 0000-01-01 to 9999-12-31.
        guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        let (quotient, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let days = rest < 0 ? quotient - 1 : quotient
        let ofDay = Int(milliseconds - days * 86_400_000)
        let date = GregorianCalendar.date(daysSince1970: Int(days))
        let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60].map { padded($0, 2) }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
            + "T\(clock.joined(separator: ":")).\(padded(ofDay % 1000, 3))Z"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
