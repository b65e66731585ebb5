/// Filters that print a point in time. What is none is passed through.
enum LiquidDateFilters {
    /// liquidjs' format where a template gives none.
    private static let standardFormat = LiquidText("%A, %B %-e, %Y at %-l:%M %P %z")

    static func apply(
        _ filter: LiquidFilter,
        to input: LiquidFilterInput,
        within budget: inout LiquidBudget
    ) throws(LiquidFault) -> LiquidValue {
        let zone = filter == .date ? try LiquidZone(input.argument(1)) : .utc
        guard let moment = moment(input, in: zone) else { return input.value }
        let format =
            switch filter {
            case .dateToLongString: dayFormat("%B", moment, input)
            case .dateToRFC822: LiquidText("%a, %d %b %Y %H:%M:%S %z")
            case .dateToString: dayFormat("%b", moment, input)
            case .dateToXMLSchema: LiquidText("%Y-%m-%dT%H:%M:%S%:z")
            default: input.argument(0).isNil ? standardFormat : input.text(0)
            }
        return .text(try LiquidTimeFormat.format(moment, format, within: &budget))
    }

    /// `"ordinal"` gives `12th Oct 2023`, with `"US"` behind it `Oct 12th, 2023`.
    private static func dayFormat(_ month: String, _ moment: LiquidMoment, _ input: LiquidFilterInput) -> LiquidText {
        guard input.argument(0).equals(.text("ordinal")) else { return LiquidText("%d \(month) %Y") }
        return input.argument(1).equals(.text("US"))
            ? LiquidText("\(month) \(moment.day)%q, %Y") : LiquidText("\(moment.day)%q \(month) %Y")
    }

    /// Numbers and texts of digits are Unix seconds, other texts what JavaScript's `Date` makes of them.
    private static func moment(_ input: LiquidFilterInput, in zone: LiquidZone) -> LiquidMoment? {
        switch input.value.plain {
        case .undefined, .null, .object: nil
        case .number(let seconds): LiquidMoment(milliseconds: seconds * 1_000, zone: zone)
        case .bool(let flag): LiquidMoment(milliseconds: flag ? 1 : 0, zone: zone)
        default: moment(input.value.plain.javaScriptText, input.clock, in: zone)
        }
    }

    private static func moment(_ text: LiquidText, _ clock: LiquidClock, in zone: LiquidZone) -> LiquidMoment? {
        if text == LiquidText("now") || text == LiquidText("today") {
            return LiquidMoment(milliseconds: Double(clock.nowMilliseconds()), zone: zone)
        }
        if !text.isEmpty, text.units.allSatisfy(LiquidUnit.isDigit) {
            return LiquidMoment(milliseconds: LiquidValue.text(text).javaScriptNumber * 1_000, zone: zone)
        }
        return LiquidDateText.milliseconds(text).flatMap { LiquidMoment(milliseconds: $0, zone: zone) }
    }
}
