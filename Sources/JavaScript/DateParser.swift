/// Reads a date's text as JavaScript's `Date` does in V8 (`src/date/dateparser`): ISO 8601 first, then nearly everything people write.
///
/// A text without a zone is UTC, as on Segment's servers.
package struct DateParser {
    private var scanner: DateScanner
    private var day = DayParts()
    private var time = TimeParts()
    private var zone = OffsetParts()
    private var hasNumber = false

    /// JavaScript's `Date.parse`: milliseconds since 1970; nil if the text, in UTF-16 units, is no date.
    package static func milliseconds(_ text: [UInt16]) -> Double? {
        var parser = DateParser(scanner: DateScanner(text))
        guard parser.read() else { return nil }
        guard let days = parser.day.daysSince1970, let time = parser.time.milliseconds else { return nil }
        guard let offset = parser.zone.seconds else { return nil }
        let milliseconds = Double(days * 86_400_000 + time - offset * 1_000)
        return isDate(milliseconds) ? milliseconds : nil
    }

    /// Whether JavaScript has a date at so many milliseconds since 1970: 100 million days to either side.
    package static func isDate(_ milliseconds: Double) -> Bool { abs(milliseconds) <= 8.64e15 }

    private init(scanner: DateScanner) { self.scanner = scanner }

    private mutating func read() -> Bool {
        switch readISO() {
        case .done: return true
        case .impossible: return false
        case .otherwise(let word):
            hasNumber = !day.isEmpty
            var word = word
            while word != .end {
                guard readLoosely(word) else { return false }
                word = scanner.take()
            }
            return true
        }
    }

    // MARK: ISO 8601

    private enum Outcome {
        case done
        case impossible
        /// The word with which the loose reading goes on; what was read so far is kept.
        case otherwise(DateScanner.Word)
    }

    private mutating func readISO() -> Outcome {
        if scanner.next == .symbol("-") || scanner.next == .symbol("+") {
            let sign = scanner.take()
            guard let year = scanner.takeNumber(length: 6, in: 0...999_999) else { return .otherwise(sign) }
            if sign == .symbol("-"), year == 0 { return .otherwise(sign) }
            day.add(sign == .symbol("-") ? -year : year)
        } else if let year = scanner.takeNumber(length: 4, in: 0...9_999) {
            day.add(year)
        } else {
            return .otherwise(scanner.take())
        }
        if scanner.skip("-") {
            guard let month = scanner.takeNumber(length: 2, in: 1...12) else { return .otherwise(scanner.take()) }
            day.add(month)
            if scanner.skip("-") {
                guard let number = scanner.takeNumber(length: 2, in: 1...31) else { return .otherwise(scanner.take()) }
                day.add(number)
            }
        }
        if scanner.next == .timeSeparator {
            _ = scanner.take()
            guard readISOTime(), readISOZone(), scanner.next == .end else { return .impossible }
        } else if scanner.next != .end {
            return .otherwise(scanner.take())
        }
        day.isISO = true
        return .done
    }

    private mutating func readISOTime() -> Bool {
        guard let hour = scanner.takeNumber(length: 2, in: 0...24), scanner.skip(":") else { return false }
        let isEndOfDay = hour == 24
        guard let minute = scanner.takeNumber(length: 2, in: 0...(isEndOfDay ? 0 : 59)) else { return false }
        time.add(hour)
        time.add(minute)
        guard scanner.skip(":") else { return true }
        guard let second = scanner.takeNumber(length: 2, in: 0...(isEndOfDay ? 0 : 59)) else { return false }
        time.add(second)
        guard scanner.skip(".") else { return true }
        guard case .number(let fraction, let length) = scanner.next, !isEndOfDay || fraction == 0 else { return false }
        _ = scanner.take()
        time.add(Self.milliseconds(fraction, length: length))
        return true
    }

    private mutating func readISOZone() -> Bool {
        if scanner.next == .zulu {
            _ = scanner.take()
            zone.set(hours: 0)
        } else if scanner.next == .symbol("+") || scanner.next == .symbol("-") {
            zone.sign = scanner.take() == .symbol("+") ? 1 : -1
            if let both = scanner.takeNumber(length: 4, in: 0...2_359) {
                zone.hour = both / 100
                zone.minute = both % 100
                return both % 100 < 60
            }
            guard let hour = scanner.takeNumber(length: 2, in: 0...23), scanner.skip(":") else { return false }
            guard let minute = scanner.takeNumber(length: 2, in: 0...59) else { return false }
            zone.hour = hour
            zone.minute = minute
        }
        return true
    }

    // MARK: Anything else

    private mutating func readLoosely(_ word: DateScanner.Word) -> Bool {
        switch word {
        case .number(let number, let length):
            hasNumber = true
            return readNumber(number, length: length)
        case .halfDay(let hours) where !time.isEmpty:
            time.hourOffset = hours
        case .month(let month):
            day.namedMonth = month
            _ = scanner.skip("-")
        case .zone(let hours) where hasNumber:
            zone.set(hours: hours)
        case .zulu where hasNumber:
            zone.set(hours: 0)
        case .symbol("+") where zone.isUTC || !time.isEmpty, .symbol("-") where zone.isUTC || !time.isEmpty:
            return readOffset(sign: word == .symbol("+") ? 1 : -1)
        case .symbol("+"), .symbol("-"), .symbol(")"):
            return !hasNumber
        case .halfDay, .zone, .zulu, .timeSeparator, .otherName:
            // Words mean nothing before the first number, and spoil a date after it.
            if hasNumber { return false }
            if case .number = scanner.next { return false }
        default:
            break
        }
        return true
    }

    private mutating func readNumber(_ number: Int, length: Int) -> Bool {
        if scanner.skip(":") {
            if scanner.skip(":") {
                guard time.isEmpty else { return false }
                time.add(number)
                time.add(0)
                return true
            }
            guard time.add(number) else { return false }
            _ = scanner.skip(".")
            return true
        }
        if scanner.skip("."), time.isExpecting(number) {
            time.add(number)
            guard case .number(let fraction, let length) = scanner.take() else { return false }
            time.finish(Self.milliseconds(fraction, length: length))
            return true
        }
        if zone.isExpecting(number) {
            zone.minute = number
            return true
        }
        if time.isExpecting(number) {
            time.finish(number)
            switch scanner.next {
            case .end, .space, .zulu, .symbol("+"), .symbol("-"): return true
            default: return false
            }
        }
        guard day.add(number) else { return false }
        _ = scanner.skip("-")
        return true
    }

    private mutating func readOffset(sign: Int) -> Bool {
        zone.sign = sign
        hasNumber = true
        var number = 0
        var length = 0
        if case .number(let value, let digits) = scanner.next {
            _ = scanner.take()
            (number, length) = (value, digits)
        }
        if scanner.next == .symbol(":") {
            zone.hour = number
            zone.minute = nil
            return true
        }
        switch length {
        case 1, 2: (zone.hour, zone.minute) = (number, 0)
        case 3, 4: (zone.hour, zone.minute) = (number / 100, number % 100)
        default: return false
        }
        return true
    }

    private static func milliseconds(_ fraction: Int, length: Int) -> Int {
        var value = fraction
        for _ in min(length, 3)..<3 { value *= 10 }
        for _ in 3..<max(3, min(length, 9)) { value /= 10 }
        return value
    }
}
