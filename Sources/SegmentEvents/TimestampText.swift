#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A moment as Segment's libraries write it: `2026-10-12T10:11:12.345Z`.
///
/// Not by Foundation's style, which cuts the fraction: 12.345 s is a little less in binary, and would be written as `.344`.
enum TimestampText {
    /// Nil outside the years 0 to 9999.
    static func text(_ date: Date) -> String? {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        // From 0000-01-01 to 9999-12-31.
        guard (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else { return nil }
        let total = Int64(milliseconds)
        let (days, rest) = floored(total, 86_400_000)
        let (year, month, day) = civil(days: days)
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(time).\(padded(rest % 1000, 3))Z"
    }

    /// The date of a day since 1970-01-01, by counting in years that begin in March: the day that comes and goes is their last.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, day) = floored(days + 719_468, 146_097)
        let yearOfEra = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The quotient rounded down and what is left, never negative.
    private static func floored(_ number: Int64, _ divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
