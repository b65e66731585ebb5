/// What a filter gets: the value before its `|` and its arguments.
struct LiquidFilterInput {
    let value: LiquidValue
    let arguments: [LiquidValue]
    let clock: LiquidClock
    let zones: ZoneDirectory

    /// The value as it would be printed.
    var text: LiquidText { value.printed }

    /// An argument; a missing one is undefined, as in JavaScript.
    func argument(_ index: Int) -> LiquidValue {
        arguments.indices.contains(index) ? arguments[index] : .undefined
    }

    /// An argument, or the default if it is missing or undefined.
    func argument(_ index: Int, default value: LiquidValue) -> LiquidValue {
        if case .undefined = argument(index) { return value }
        return argument(index)
    }

    /// An argument as it would be printed.
    func text(_ index: Int) -> LiquidText { argument(index).printed }

    /// An argument as a number, 0 if it is none; not a number if it is missing, so that the result shows it.
    func number(_ index: Int) -> Double {
        index < arguments.count ? arguments[index].countedNumber : .nan
    }

    /// The value of a `key: value` argument.
    func option(_ name: String, from start: Int) -> LiquidValue {
        for argument in arguments.dropFirst(start) {
            if case .text(let key) = argument.element(at: 0), key == LiquidText(name) { return argument.element(at: 1) }
        }
        return .undefined
    }
}
