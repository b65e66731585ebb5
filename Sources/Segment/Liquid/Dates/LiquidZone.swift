import JSON

/// The time zone that a date is shown in.
struct LiquidZone {
    private enum Offset {
        /// Minutes that local time is *behind* UTC, JavaScript's sign: 300 is UTC-5. Fractions count.
        case minutesBehind(Double)
        case rules(ZoneRules)
    }

    private let offset: Offset
    /// What `%Z` prints; nil prints the offset.
    let name: String?

    /// Segment's servers run in UTC.
    static let utc = LiquidZone(offset: .minutesBehind(0), name: "UTC")

    private init(offset: Offset, name: String?) {
        self.offset = offset
        self.name = name
    }

    /// From the third argument of `date`: minutes behind UTC, an IANA name, or an offset like `"+05:30"`.
    init(_ value: LiquidValue, in zones: ZoneDirectory) throws(LiquidFault) {
        switch value {
        case .undefined, .null: self = .utc
        case .text(let text): try self.init(named: text.string, in: zones)
        // Whatever else it is, JavaScript counts with it.
        default: self.init(offset: .minutesBehind(value.javaScriptNumber), name: nil)
        }
    }

    init(named name: String, in zones: ZoneDirectory) throws(LiquidFault) {
        if Self.utcNames.contains(name.uppercased()) {
            self.init(offset: .minutesBehind(0), name: name)
        } else if let minutes = Self.minutes(fromOffset: name) {
            self.init(offset: .minutesBehind(Double(minutes)), name: name)
        } else if let rules = zones.rules(named: name) {
            self.init(offset: .rules(rules), name: name)
        } else {
            throw LiquidFault(
                cause: .badValue,
                reason: zones.isEmpty
                    ? "time zone \"\(name)\" is not known: the system has no time zone data"
                    : "time zone \"\(name)\" is not known",
                hint: zones.isEmpty
                    ? "install tzdata, or name its folder in TZDIR"
                    : "give a name such as \"Europe/Oslo\", an offset such as \"+02:00\", or the minutes behind UTC"
            )
        }
    }

    /// Minutes that local time is behind UTC at a moment, in milliseconds since 1970. NaN where the zone was no number.
    func minutesBehind(at milliseconds: Double) -> Double {
        switch offset {
        case .minutesBehind(let minutes): minutes
        case .rules(let rules):
            // A date is within 8.64e15 milliseconds.
            -Double(rules.secondsAhead(at: Int((milliseconds / 1_000).rounded(.down)))) / 60
        }
    }

    private static let utcNames: Set<String> = [
        "UTC", "GMT", "ETC/UTC", "ETC/GMT", "ETC/UCT", "UCT", "ZULU", "ETC/ZULU", "UNIVERSAL", "GREENWICH",
    ]

    /// `+hh`, `+hhmm` or `+hh:mm`.
    private static func minutes(fromOffset text: String) -> Int? {
        var digits = Array(text.utf8)
        guard let sign = digits.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        digits.removeFirst()
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        guard digits.count == 2 || digits.count == 4 else { return nil }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let values = digits.map { Int($0 - UInt8(ascii: "0")) }
        let hours = values[0] * 10 + values[1]
        let minutes = values.count == 4 ? values[2] * 10 + values[3] : 0
        guard hours < 24, minutes < 60 else { return nil }
        return sign == UInt8(ascii: "-") ? hours * 60 + minutes : -(hours * 60 + minutes)
    }
}
