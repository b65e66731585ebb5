/// The numbers of a date in the order in which they were read.
struct DayParts {
    private var numbers: [Int] = []
    var namedMonth: Int?
    /// Year, month, day for sure, and years below 100 are meant as they are.
    var isISO = false

    /// Beyond the years that JavaScript's dates reach, and small enough to count their milliseconds.
    private static let yearMax = 300_000

    var isEmpty: Bool { numbers.isEmpty }

    @discardableResult
    mutating func add(_ number: Int) -> Bool {
        guard numbers.count < 3 else { return false }
        numbers.append(number)
        return true
    }

    /// Nil if the numbers are no date. A first number beyond 31 is the year; otherwise the month comes first.
    var daysSince1970: Int? {
        guard !numbers.isEmpty else { return nil }
        let parts = numbers + Array(repeating: 1, count: 3 - numbers.count)
        let startsWithYear = !(1...31).contains(parts[0])
        var (year, month, day) = (parts[2], parts[0], parts[1])
        if let namedMonth {
            (year, month, day) = startsWithYear ? (parts[0], namedMonth, parts[1]) : (parts[1], namedMonth, parts[0])
        } else if isISO || startsWithYear {
            (year, month, day) = (parts[0], parts[1], parts[2])
        }
        if !isISO, (0...99).contains(year) { year += year < 50 ? 2000 : 1900 }
        guard (1...12).contains(month), (1...31).contains(day), abs(year) <= Self.yearMax else { return nil }
        return GregorianCalendar.daysSince1970(year: year, month: month, day: day)
    }
}

/// The numbers of a time: hour, minute, second, millisecond.
struct TimeParts {
    private var numbers: [Int] = []
    /// 0 for AM, 12 for PM.
    var hourOffset: Int?

    var isEmpty: Bool { numbers.isEmpty }

    @discardableResult
    mutating func add(_ number: Int) -> Bool {
        guard numbers.count < 4 else { return false }
        numbers.append(number)
        return true
    }

    /// Adds the last number, after which no other belongs to the time.
    mutating func finish(_ number: Int) {
        add(number)
        while add(0) {}
    }

    func isExpecting(_ number: Int) -> Bool {
        switch numbers.count {
        case 1, 2: (0...59).contains(number)
        case 3: (0...999).contains(number)
        default: false
        }
    }

    /// Nil if the numbers are no time.
    var milliseconds: Int? {
        var parts = numbers + Array(repeating: 0, count: 4 - numbers.count)
        if let hourOffset {
            guard (0...12).contains(parts[0]) else { return nil }
            parts[0] = parts[0] % 12 + hourOffset
        }
        let isInDay =
            (0...23).contains(parts[0]) && (0...59).contains(parts[1]) && (0...59).contains(parts[2])
            && (0...999).contains(parts[3])
        guard isInDay || parts == [24, 0, 0, 0] else { return nil }
        return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000 + parts[3]
    }
}

/// An offset from UTC.
struct OffsetParts {
    var sign: Int?
    var hour: Int?
    var minute: Int?

    var isUTC: Bool { hour == 0 && minute == 0 }

    mutating func set(hours: Int) {
        sign = hours < 0 ? -1 : 1
        hour = abs(hours)
        minute = 0
    }

    func isExpecting(_ number: Int) -> Bool { hour != nil && minute == nil && (0...59).contains(number) }

    /// Seconds ahead of UTC, nil for more than V8 can hold; V8 counts them in 32 bits, so absurd hours wrap around.
    var seconds: Int? {
        let total = UInt32(truncatingIfNeeded: (hour ?? 0) * 3_600 + (minute ?? 0) * 60)
        return total <= UInt32(Int32.max) ? (sign ?? 0) * Int(total) : nil
    }
}
