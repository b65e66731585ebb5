import JavaScript

/// A zone's rule for all years to come, as `EST5EDT,M3.2.0,M11.1.0` (POSIX, with the extensions of RFC 8536).
struct PosixZoneRule: Sendable {
    /// Seconds ahead of UTC.
    private let standard: Int
    private let summer: Summer?

    private struct Summer {
        let ahead: Int
        let start: Change
        let end: Change
    }

    /// When the clocks change: a day of the year and the seconds of that day, by the clock before the change.
    private struct Change {
        enum Day {
            /// The week of the month in which the weekday comes, 5 for its last one; 0 is Sunday.
            case weekday(month: Int, week: Int, day: Int)
            /// 1 to 365, a leap day is never counted.
            case julian(Int)
            /// 0 to 365.
            case ordinal(Int)
        }

        let day: Day
        let seconds: Int
    }

    /// Nil for what is no such rule.
    init?(_ text: String) {
        var reader = Reader(text)
        guard reader.skipName(), let behind = reader.time() else { return nil }
        standard = -behind
        if reader.isAtEnd {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        let ahead = reader.peek == UInt8(ascii: ",") ? standard + 3600 : reader.time().map { -$0 }
        guard let ahead, let start = reader.change(), let end = reader.change(), reader.isAtEnd else { return nil }
        summer = Summer(ahead: ahead, start: start, end: end)
    }

    /// - Parameter seconds: since 1970.
    func secondsAhead(at seconds: Int) -> Int {
        guard let summer else { return standard }
        let local = seconds + standard
        let days = (local >= 0 ? local : local - 86_399) / 86_400
        let year = GregorianCalendar.date(daysSince1970: days).year
        let start = Self.seconds(of: summer.start, in: year) - standard
        let end = Self.seconds(of: summer.end, in: year) - summer.ahead
        let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
        return isSummer ? summer.ahead : standard
    }

    private static func seconds(of change: Change, in year: Int) -> Int {
        let days: Int
        switch change.day {
        case .weekday(let month, let week, let weekday):
            let first = GregorianCalendar.daysSince1970(year: year, month: month, day: 1)
            let next = GregorianCalendar.daysSince1970(
                year: month == 12 ? year + 1 : year,
                month: month == 12 ? 1 : month + 1,
                day: 1
            )
            var day = first + ((weekday - (first + 4) % 7) % 7 + 7) % 7 + (week - 1) * 7
            while day >= next { day -= 7 }
            days = day
        case .julian(let number):
            // The number of the day in a year without a leap day, 2001 being one.
            let date = GregorianCalendar.date(
                daysSince1970: GregorianCalendar.daysSince1970(year: 2001, month: 1, day: number)
            )
            days = GregorianCalendar.daysSince1970(year: year, month: date.month, day: date.day)
        case .ordinal(let number):
            days = GregorianCalendar.daysSince1970(year: year, month: 1, day: 1) + number
        }
        return days * 86_400 + change.seconds
    }

    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: String) {
            rest = Substring(text).utf8
        }

        var isAtEnd: Bool { rest.isEmpty }
        var peek: UInt8? { rest.first }

        mutating func skip(_ symbol: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: symbol) else { return false }
            rest.removeFirst()
            return true
        }

        /// Letters, or anything in `<>`.
        mutating func skipName() -> Bool {
            if skip("<") {
                rest = rest.drop { $0 != UInt8(ascii: ">") }
                return skip(">")
            }
            let name = rest.prefix { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
            rest = rest.dropFirst(name.count)
            return name.count >= 3
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        /// `[+-]h[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = skip("-") ? -1 : 1
            if sign == 1 { _ = skip("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where skip(":") {
                guard let part = number() else { return nil }
                seconds += part * unit
            }
            return sign * seconds
        }

        /// `,Mm.w.d`, `,Jn` or `,n`, with `/time` behind it.
        mutating func change() -> Change? {
            guard skip(",") else { return nil }
            let day: Change.Day
            if skip("M") {
                guard let month = number(), skip("."), let week = number(), skip("."), let weekday = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: month, week: week, day: weekday)
            } else if skip("J") {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), number <= 365 else { return nil }
                day = .ordinal(number)
            }
            guard skip("/") else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }
    }
}
