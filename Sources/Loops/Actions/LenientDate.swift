/// Whether the `Date` of V8 (Node.js) takes a text: first as ISO 8601, then word by word.
///
/// Follows `src/date/dateparser` of V8: unknown words before the first number are passed over, behind it they are errors.
struct LenientDate {
    private var scanner: LenientDateScanner
    private var day = Day()
    private var time = Time()
    private var zone = Zone()

    static func isValid(_ text: [UInt8]) -> Bool {
        var date = LenientDate(scanner: LenientDateScanner(text))
        switch date.readISO() {
        case .done: return date.isValid
        case .invalid: return false
        case .goOn(let word): return date.readWords(from: word) && date.isValid
        }
    }

    private init(scanner: LenientDateScanner) {
        self.scanner = scanner
    }

    private var isValid: Bool { day.isValid && time.isValid }

    private enum ISOEnd {
        case done
        case invalid
        /// Not ISO 8601; this is the first word that was not used.
        case goOn(LenientDateScanner.Word)
    }

    /// `YYYY[-MM[-DD]]` or `±YYYYYY…`, then `Thh:mm[:ss[.f]]` and a zone. An error behind the `T` is final.
    private mutating func readISO() -> ISOEnd {
        if let sign = scanner.sign {
            let word = scanner.next()
            guard let year = scanner.fixedNumber(6), sign > 0 || year > 0 else { return .goOn(word) }
            _ = scanner.next()
            _ = day.add(sign * year)
        } else if let year = scanner.fixedNumber(4) {
            _ = scanner.next()
            _ = day.add(year)
        } else {
            return .goOn(scanner.next())
        }
        for range in [1...12, 1...31] {
            guard scanner.skip("-") else { break }
            guard let number = scanner.fixedNumber(2), range.contains(number) else { return .goOn(scanner.next()) }
            _ = scanner.next()
            _ = day.add(number)
        }
        guard case .name(.timeSeparator) = scanner.peek else {
            if scanner.peek != .end { return .goOn(scanner.next()) }
            day.isISO = true
            return .done
        }
        _ = scanner.next()
        guard readISOTime(), readISOZone(), scanner.peek == .end else { return .invalid }
        day.isISO = true
        return .done
    }

    private mutating func readISOTime() -> Bool {
        guard let hour = take(0...24), scanner.skip(":"), let minute = take(0...(hour == 24 ? 0 : 59)) else {
            return false
        }
        _ = time.add(hour)
        _ = time.add(minute)
        guard scanner.skip(":") else { return true }
        guard let second = take(0...(hour == 24 ? 0 : 59)) else { return false }
        _ = time.add(second)
        guard scanner.skip(".") else { return true }
        guard case .number(let fraction, _) = scanner.next() else { return false }
        return hour < 24 || fraction == 0
    }

    private mutating func readISOZone() -> Bool {
        if case .name(.zone(isZ: true)) = scanner.peek {
            _ = scanner.next()
            return true
        }
        guard scanner.sign != nil else { return true }
        _ = scanner.next()
        if let both = scanner.fixedNumber(4) {
            _ = scanner.next()
            return both / 100 < 24 && both % 100 < 60
        }
        return take(0...23) != nil && scanner.skip(":") && take(0...59) != nil
    }

    private mutating func take(_ range: ClosedRange<Int>) -> Int? {
        guard let number = scanner.fixedNumber(2), range.contains(number) else { return nil }
        _ = scanner.next()
        return number
    }
}

extension LenientDate {
    private mutating func readWords(from first: LenientDateScanner.Word) -> Bool {
        var hasNumber = !day.isEmpty
        var word = first
        while word != .end {
            switch word {
            case .number(let number, _):
                hasNumber = true
                guard readNumber(number) else { return false }
            case .name(let name):
                guard readName(name, hasNumber: hasNumber) else { return false }
            case .symbol(let symbol) where symbol == "+" || symbol == "-":
                if zone.isUTC || !time.isEmpty {
                    hasNumber = true
                    guard readOffset() else { return false }
                } else if hasNumber {
                    return false
                }
            case .symbol(")"): if hasNumber { return false }
            case .symbol, .space, .unknown, .end: break
            }
            word = scanner.next()
        }
        return true
    }

    private mutating func readNumber(_ number: Int) -> Bool {
        if scanner.skip(":") {
            _ = scanner.skip(".")
            return time.add(number)
        }
        if scanner.skip("."), time.expects(number) {
            guard time.add(number), case .number = scanner.next() else { return false }
            time.finish()
            return true
        }
        if zone.expectsMinute, number < 60 {
            zone.expectsMinute = false
            return true
        }
        if time.expects(number) {
            _ = time.add(number)
            time.finish()
            switch scanner.peek {
            case .end, .space, .name(.zone(isZ: true)): return true
            default: return scanner.sign != nil
            }
        }
        guard day.add(number) else { return false }
        _ = scanner.skip("-")
        return true
    }

    private mutating func readName(_ name: LenientDateScanner.Name, hasNumber: Bool) -> Bool {
        switch name {
        case .halfDay(let isAfternoon) where !time.isEmpty: time.isAfternoon = isAfternoon
        case .month(let month):
            day.month = month
            _ = scanner.skip("-")
        case .zone where hasNumber: zone.isUTC = true
        default:
            if hasNumber { return false }
            if case .number = scanner.peek { return false }
        }
        return true
    }

    /// What follows a sign: `h`, `hh`, `hmm`, `hhmm`, `hh:mm` or nothing.
    private mutating func readOffset() -> Bool {
        var digits = 0
        if case .number(_, let count) = scanner.peek {
            digits = count
            _ = scanner.next()
        }
        zone.isUTC = false
        if scanner.skip(":") {
            zone.expectsMinute = true
            return true
        }
        zone.expectsMinute = false
        return (1...4).contains(digits)
    }
}

extension LenientDate {
    private struct Day {
        private var numbers: [Int] = []
        var month: Int?
        var isISO = false

        var isEmpty: Bool { numbers.isEmpty }

        mutating func add(_ number: Int) -> Bool {
            guard numbers.count < 3 else { return false }
            numbers.append(number)
            return true
        }

        /// Which of the numbers are year, month and day; missing ones are 1.
        var isValid: Bool {
            guard !numbers.isEmpty else { return false }
            let parts = numbers + Array(repeating: 1, count: 3 - numbers.count)
            let days = 1...31
            let (year, month, day): (Int, Int, Int)
            if let named = self.month {
                // A number that is no day is the year: `May 2010` has no day.
                if !days.contains(parts[0]) {
                    (year, month, day) = (parts[0], named, parts[1])
                } else {
                    (year, month, day) = (parts[1], named, parts[0])
                }
            } else if isISO || !days.contains(parts[0]) {
                (year, month, day) = (parts[0], parts[1], parts[2])
            } else {
                (year, month, day) = (parts[2], parts[0], parts[1])
            }
            return (1...12).contains(month) && days.contains(day) && Self.isInRange(year, month, day)
        }

        /// JavaScript's dates reach 100 million days to either side of 1970; the hours of the last days do not count here.
        private static func isInRange(_ year: Int, _ month: Int, _ day: Int) -> Bool {
            (-271_821, 4, 20) <= (year, month, day) && (year, month, day) <= (275_760, 9, 13)
        }
    }

    private struct Time {
        private var numbers: [Int] = []
        private var isFinished = false
        var isAfternoon: Bool?

        var isEmpty: Bool { numbers.isEmpty && !isFinished }

        mutating func add(_ number: Int) -> Bool {
            guard !isFinished, numbers.count < 4 else { return false }
            numbers.append(number)
            return true
        }

        mutating func finish() { isFinished = true }

        /// Whether `number` can be the next of minute, second and thousandths.
        func expects(_ number: Int) -> Bool {
            guard !isFinished else { return false }
            switch numbers.count {
            case 1, 2: return number < 60
            case 3: return number < 1000
            default: return false
            }
        }

        var isValid: Bool {
            let parts = numbers + Array(repeating: 0, count: max(0, 4 - numbers.count))
            if isAfternoon != nil, !(0...12).contains(parts[0]) { return false }
            if parts[0] == 24 { return isAfternoon == nil && parts[1...].allSatisfy { $0 == 0 } }
            return parts[0] < 24 && parts[1] < 60 && parts[2] < 60 && parts[3] < 1000
        }
    }

    private struct Zone {
        /// Whether a name of a zone came and no offset yet.
        var isUTC = false
        /// Whether an offset ended in `:`.
        var expectsMinute = false
    }
}
