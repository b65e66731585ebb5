/// The time zone that a date is shown in.
struct LiquidZone {
    /// Minutes that local time is *behind* UTC, JavaScript's sign: 300 is UTC-5. Nil if it cannot be told.
    let minutesBehind: Int?
    /// What `%Z` prints; nil prints the offset.
    let name: String?

    /// Segment's servers run in UTC.
    static let utc = LiquidZone(minutesBehind: 0, name: "UTC")

    private init(minutesBehind: Int?, name: String?) {
        self.minutesBehind = minutesBehind
        self.name = name
    }

    /// From the third argument of `date`: minutes behind UTC, `"UTC"` or one of its names, or an offset like `"+05:30"`.
    init(_ value: LiquidValue) throws(LiquidFault) {
        switch value.plain {
        case .undefined, .null: self = .utc
        case .number(let minutes): self.init(minutesBehind: Int(exactly: minutes.rounded(.towardZero)), name: nil)
        case .text(let text): try self.init(named: text.string)
        default: self.init(minutesBehind: nil, name: nil)
        }
    }

    private init(named name: String) throws(LiquidFault) {
        let minutes = Self.utcNames.contains(name.uppercased()) ? 0 : Self.minutes(fromOffset: name)
        guard let minutes else {
            throw LiquidFault(
                cause: .badValue,
                reason: "time zone \"\(name)\" is not supported",
                hint: "give an offset such as \"+02:00\", or the minutes behind UTC such as 300"
            )
        }
        self.init(minutesBehind: minutes, name: name)
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
