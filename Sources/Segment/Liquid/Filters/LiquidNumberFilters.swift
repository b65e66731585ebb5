/// Filters that count. What is no number counts as 0; a missing argument gives `NaN`.
enum LiquidNumberFilters {
    static func apply(_ filter: LiquidFilter, to input: LiquidFilterInput) -> LiquidValue {
        let value = input.value.countedNumber
        return switch filter {
        case .abs: .number(Swift.abs(value))
        case .atLeast: .number(input.arguments.reduce(value) { max($0, $1.countedNumber) })
        case .atMost: .number(input.arguments.reduce(value) { min($0, $1.countedNumber) })
        case .ceil: .number(value.rounded(.up))
        case .dividedBy: .number(quotient(value, input))
        case .floor: .number(value.rounded(.down))
        case .minus: .number(value - input.number(0))
        case .modulo: .number(modulo(value, input.number(0)))
        case .plus: .number(value + input.number(0))
        case .round: .number(rounded(value, places: input.argument(0, default: .number(0)).countedNumber))
        case .times: .number(value * input.number(0))
        default: .number(input.value.javaScriptNumber)
        }
    }

    /// The division of JavaScript; whole only if the second argument says so.
    private static func quotient(_ value: Double, _ input: LiquidFilterInput) -> Double {
        let quotient = value / input.number(0)
        let isWhole = input.argument(1).countedNumber != 0
        return isWhole ? quotient.rounded(.down) : quotient
    }

    /// As liquidjs floors it: the result has the sign of the divisor.
    private static func modulo(_ value: Double, _ divisor: Double) -> Double {
        (value.truncatingRemainder(dividingBy: divisor) + divisor).truncatingRemainder(dividingBy: divisor)
    }

    /// liquidjs' `Math.round(v * 10 ** n * (1 + Number.EPSILON)) / 10 ** n`, so that 1.005 becomes 1.01. `Math.round` takes halves
    /// up. The places are cut to a whole number between -400 and 400.
    private static func rounded(_ value: Double, places: Double) -> Double {
        let exponent = Int(max(-400, min(400, places)))
        let factor = Double("1e\(exponent)") ?? .nan
        let scaled = value * factor * (1 + Double.ulpOfOne)
        let lower = scaled.rounded(.down)
        return (scaled - lower >= 0.5 ? lower + 1 : lower) / factor
    }
}
