import JavaScript

/// Filters that print a point in time. What is none is passed through.
enum LiquidDateFilters {
    /// liquidjs' format where a template gives none.
    private static let standardFormat = LiquidText("%A, %B %-e, %Y at %-l:%M %P %z")

    static func apply(
        _ filter: LiquidFilter,
        to input: LiquidFilterInput,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidValue {
        // The value comes first: what is no date is passed on, whatever zone it was to be shown in.
        guard let milliseconds = milliseconds(input), DateParser.isDate(milliseconds) else { return input.value }
        let zone = filter == .date ? try LiquidZone(input.argument(1), in: input.zones) : .utc
        guard let moment = LiquidDate(milliseconds: milliseconds, zone: zone) else { return input.value }
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
    private static func dayFormat(_ month: String, _ moment: LiquidDate, _ input: LiquidFilterInput) -> LiquidText {
        guard input.argument(0).equals(.text("ordinal")) else { return LiquidText("%d \(month) %Y") }
        return input.argument(1).equals(.text("US"))
            ? LiquidText("\(month) \(moment.day)%q, %Y") : LiquidText("\(moment.day)%q \(month) %Y")
    }

    /// Numbers and texts of digits are Unix seconds, all else what JavaScript's `Date` makes of it.
    private static func milliseconds(_ input: LiquidFilterInput) -> Double? {
        let value = input.value.plain
        switch value {
        case .undefined, .null, .object: return nil
        case .number(let seconds): return seconds * 1_000
        case .bool(let flag): return flag ? 1 : 0
        case .text(let text):
            if text == LiquidText("now") || text == LiquidText("today") {
                return Double(input.clock.nowMilliseconds())
            }
            if !text.isEmpty, text.units.allSatisfy(CodeUnit.isDigit) { return value.javaScriptNumber * 1_000 }
            return DateParser.milliseconds(text.units)
        // A list becomes a text, in which digits are no Unix time.
        default: return DateParser.milliseconds(value.javaScriptText.units)
        }
    }
}
