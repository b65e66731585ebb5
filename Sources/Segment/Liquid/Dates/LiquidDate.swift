import JavaScript

/// A point in time as a calendar and a clock of a zone show it.
struct LiquidDate {
    /// Milliseconds since 1970 of the shown time, as if it were UTC.
    let shownMilliseconds: Int
    let zone: LiquidZone
    /// Minutes that the shown time is behind UTC.
    let minutesBehind: Double
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int

    /// Nil for what is no date in JavaScript.
    init?(milliseconds: Double, zone: LiquidZone) {
        guard DateParser.isDate(milliseconds) else { return nil }
        let minutesBehind = zone.minutesBehind(at: milliseconds)
        let shown = (milliseconds.rounded(.towardZero) - minutesBehind * 60_000).rounded(.towardZero)
        guard DateParser.isDate(shown) else { return nil }
        self.minutesBehind = minutesBehind
        self.shownMilliseconds = Int(shown)
        self.zone = zone
        (year, month, day) = GregorianCalendar.date(
            daysSince1970: Self.floorDivide(Int(shown), Self.millisecondsPerDay)
        )
    }

    private static let millisecondsPerDay = 86_400_000

    private static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        dividend / divisor - (dividend % divisor < 0 ? 1 : 0)
    }

    private var daysSince1970: Int { Self.floorDivide(shownMilliseconds, Self.millisecondsPerDay) }

    private var millisecondOfDay: Int { shownMilliseconds - daysSince1970 * Self.millisecondsPerDay }

    var hour: Int { millisecondOfDay / 3_600_000 }
    var minute: Int { millisecondOfDay / 60_000 % 60 }
    var second: Int { millisecondOfDay / 1_000 % 60 }
    var millisecond: Int { millisecondOfDay % 1_000 }

    /// 0 is Sunday.
    var weekday: Int { ((daysSince1970 + 4) % 7 + 7) % 7 }

    /// 1 to 366.
    var dayOfYear: Int { daysSince1970 - GregorianCalendar.daysSince1970(year: year, month: 1, day: 1) + 1 }

    /// Weeks begin on the given weekday; the days before the year's first such weekday are week 0.
    func weekOfYear(startingOn start: Int) -> Int {
        let now = dayOfYear + start - weekday
        let firstWeekday = ((GregorianCalendar.daysSince1970(year: year, month: 1, day: 1) + 4) % 7 + 7) % 7
        return Self.floorDivide(now - (7 - firstWeekday + start), 7) + 1
    }
}
