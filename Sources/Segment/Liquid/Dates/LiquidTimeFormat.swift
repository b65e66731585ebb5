import JSON
import JavaScript

/// `strftime` with liquidjs' directives, flags and widths.
enum LiquidTimeFormat {
    /// `%[-_0^#:]…[width][E|O]directive`
    private struct Directive {
        var flags: [UInt16] = []
        var width: Int?
        var letter: Character = "%"

        func has(_ flag: Character) -> Bool { flags.contains(flag.utf16.first ?? 0) }
    }

    static func format(
        _ moment: LiquidDate,
        _ format: LiquidText,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidText {
        var result = LiquidText()
        var rest = format.units[...]
        while let unit = rest.first {
            if unit == LiquidUnit.percent, let (directive, length) = read(rest.dropFirst()) {
                try budget.spend(padding(directive))
                if let text = expand(directive, moment) {
                    result.units += padded(text, directive).units
                } else {
                    result.units += rest.prefix(length + 1)
                }
                rest = rest.dropFirst(length + 1)
            } else {
                result.units.append(unit)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// What follows a `%`; nil if no directive's letter does.
    private static func read(_ units: ArraySlice<UInt16>) -> (Directive, Int)? {
        var directive = Directive()
        directive.flags = Array(units.prefix { "-_0^#:".utf16.contains($0) })
        var rest = units.dropFirst(directive.flags.count)
        let width = rest.prefix(while: CodeUnit.isDigit)
        if !width.isEmpty { directive.width = Int(LiquidText(width).string) ?? .max }
        rest = rest.dropFirst(width.count)
        if rest.count > 1, "EO".utf16.contains(rest[rest.startIndex]) { rest = rest.dropFirst() }
        guard let letter = rest.first, !LiquidUnit.isLineEnd(letter) else { return nil }
        directive.letter = Unicode.Scalar(letter).map { Character($0) } ?? "\u{FFFD}"
        return (directive, rest.startIndex - units.startIndex + 1)
    }

    private static func padding(_ directive: Directive) -> Int {
        if directive.has("-") { return 0 }
        if let width = directive.width, width > 0 { return width }
        return switch directive.letter {
        case "d", "e", "H", "I", "k", "l", "m", "M", "S", "U", "W": 2
        case "j", "L": 3
        default: 0
        }
    }

    private static func padded(_ text: String, _ directive: Directive) -> LiquidText {
        var shown = LiquidText(text)
        if directive.has("^") {
            shown = shown.uppercased
        } else if directive.has("#") {
            shown = shown.units.contains { (0x61...0x7A).contains($0) } ? shown.uppercased : shown.lowercased
        }
        let isSpaced = directive.has("_") || (!directive.has("0") && "aAbBceklpP".contains(directive.letter))
        let missing = max(0, padding(directive) - shown.count)
        return LiquidText(units: Array(repeating: isSpaced ? 0x20 : LiquidUnit.zero, count: missing) + shown.units)
    }

    private static func expand(_ directive: Directive, _ moment: LiquidDate) -> String? {
        switch directive.letter {
        case "a": String(weekdays[moment.weekday].prefix(3))
        case "A": weekdays[moment.weekday]
        case "b", "h": String(months[moment.month - 1].prefix(3))
        case "B": months[moment.month - 1]
        case "d", "e": String(moment.day)
        case "m": String(moment.month)
        case "y": String(String(moment.year).dropFirst(2).prefix(2))
        case "Y": String(moment.year)
        case "C": Int(String(moment.year).prefix(2)).map(String.init) ?? "NaN"
        case "j": String(moment.dayOfYear)
        case "q": ordinal(moment.day)
        case "u": String(moment.weekday == 0 ? 7 : moment.weekday)
        case "U": String(moment.weekOfYear(startingOn: 0))
        case "w": String(moment.weekday)
        case "W": String(moment.weekOfYear(startingOn: 1))
        case "z": offset(moment, directive)
        case "Z": moment.zone.name ?? offset(moment, directive)
        case "t": "\t"
        case "n": "\n"
        case "%": "%"
        default: expandTime(directive, moment)
        }
    }

    private static func expandTime(_ directive: Directive, _ moment: LiquidDate) -> String? {
        switch directive.letter {
        case "H", "k": String(moment.hour)
        case "I", "l": String(hour12(moment))
        case "M": String(moment.minute)
        case "S": String(moment.second)
        case "L": String(moment.millisecond)
        case "N": fraction(moment, digits: directive.width ?? 0)
        case "p": moment.hour < 12 ? "AM" : "PM"
        case "P": moment.hour < 12 ? "am" : "pm"
        case "s": String(Int((Double(moment.shownMilliseconds) / 1_000 + 0.5).rounded(.down)))
        case "c": "\(dateText(moment)), \(timeText(moment))"
        case "x": dateText(moment)
        case "X": timeText(moment)
        default: nil
        }
    }

    /// liquidjs pads the milliseconds' digits on the right, without the zeros that belong before them.
    private static func fraction(_ moment: LiquidDate, digits: Int) -> String {
        let width = digits > 0 ? digits : 9
        let shown = String(moment.millisecond).prefix(width)
        return shown + String(repeating: "0", count: width - shown.count)
    }

    private static func hour12(_ moment: LiquidDate) -> Int { moment.hour % 12 == 0 ? 12 : moment.hour % 12 }

    private static func dateText(_ moment: LiquidDate) -> String { "\(moment.month)/\(moment.day)/\(moment.year)" }

    private static func timeText(_ moment: LiquidDate) -> String {
        let time = "\(hour12(moment)):\(twoDigits(moment.minute)):\(twoDigits(moment.second))"
        return "\(time) \(moment.hour < 12 ? "AM" : "PM")"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func offset(_ moment: LiquidDate, _ directive: Directive) -> String {
        let minutes = abs(moment.minutesBehind)
        let hours = (minutes / 60).rounded(.down)
        let separator = directive.has(":") ? ":" : ""
        let rest = minutes - hours * 60
        // Minutes may have a fraction, which is printed: zones had odd seconds before they were agreed upon.
        let shownRest = (rest < 10 && rest == rest.rounded(.down) ? "0" : "") + JSONValue.javaScriptText(rest)
        return "\(moment.minutesBehind > 0 ? "-" : "+")\(twoDigits(Int(hours)))\(separator)\(shownRest)"
    }

    private static func ordinal(_ day: Int) -> String {
        switch (day, day % 10) {
        case (11...13, _): "th"
        case (_, 1): "st"
        case (_, 2): "nd"
        case (_, 3): "rd"
        default: "th"
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}
