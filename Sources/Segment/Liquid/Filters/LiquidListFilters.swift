import JSON

/// Filters over arrays, and over anything for want of a value.
enum LiquidListFilters {
    static func apply(
        _ filter: LiquidFilter,
        to input: LiquidFilterInput,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidValue {
        switch filter {
        case .compact: .list(input.value.asList.filter { !$0.isNil })
        case .default: try defaulted(input)
        case .first: end(of: input.value) { _ in 0 }
        case .join: try join(input, within: &budget)
        case .last: end(of: input.value) { $0 - 1 }
        case .pop: .list(input.value.asList.dropLast())
        case .push: .list(input.value.asList + [input.argument(0)])
        case .shift: .list(Array(input.value.asList.dropFirst()))
        case .size: size(of: input.value)
        case .slice: slice(input)
        case .sum: sum(input)
        case .unshift: .list([input.argument(0)] + input.value.asList)
        default: input.value
        }
    }

    /// The argument stands in for nil, false, empty text and empty arrays; `allow_false: true` keeps false.
    private static func defaulted(_ input: LiquidFilterInput) throws(LiquidFault) -> LiquidValue {
        let value = input.value.plain
        if case .bool(false) = value { try checkOptions(input) }
        let isMissing =
            switch value {
            case .text(let text): text.isEmpty
            case .list, .jsonArray: value.elementCount == 0
            case .bool(false): !input.option("allow_false", from: 1).isTruthyInJavaScript
            default: !value.isTruthy
            }
        return isMissing ? input.argument(0) : value
    }

    /// liquidjs takes what follows the first argument for options, and fails at a plain value when it looks for one of them.
    private static func checkOptions(_ input: LiquidFilterInput) throws(LiquidFault) {
        for option in input.arguments.dropFirst() {
            switch option {
            case .list, .jsonArray, .object, .nilLiteral, .empty, .blank: continue
            case .undefined, .null, .bool, .number, .text:
                throw LiquidFault(
                    cause: .badValue,
                    reason: "default takes one value, and then options such as allow_false: true"
                )
            }
        }
    }

    /// An array's element or a text's character; nothing for other values.
    private static func end(of value: LiquidValue, _ index: (Int) -> Int) -> LiquidValue {
        if let count = value.elementCount { return value.element(at: index(count)) }
        guard case .text(let text) = value.plain, !text.isEmpty else { return .text("") }
        return .text(LiquidText(units: [text.units[index(text.count)]]))
    }

    private static func join(
        _ input: LiquidFilterInput,
        within budget: inout RenderLimits
    ) throws(LiquidFault) -> LiquidValue {
        let separator = input.argument(0).isNil ? LiquidText(" ") : input.text(0)
        let elements = input.value.asList
        try budget.spend(elements.count * (separator.count + 1))
        return .text(LiquidValue.join(elements, separator: separator))
    }

    private static func size(of value: LiquidValue) -> LiquidValue {
        switch value {
        case .text(let text): return .number(Double(text.count))
        case .list, .jsonArray: return .number(Double(value.elementCount ?? 0))
        case .object(let object):
            let length = object["length"].map { LiquidValue($0) } ?? .undefined
            return length.isTruthyInJavaScript ? length : .number(0)
        default: return .number(0)
        }
    }

    /// Part of an array or of a text; a negative start counts from the end. One element if no length is given.
    private static func slice(_ input: LiquidFilterInput) -> LiquidValue {
        if input.value.isNil { return .list([]) }
        let length = input.argument(1, default: .number(1)).javaScriptNumber
        let count = Double(input.value.elementCount ?? input.text.count)
        let given = input.argument(0).javaScriptNumber
        let start = given < 0 ? count + given : given
        let range = bounds(start, start + length, count: Int(count))
        if let elements = input.value.elements { return .list(Array(elements[range])) }
        return .text(LiquidText(input.text.units[range]))
    }

    /// JavaScript's `slice`: what is not a number is 0, negative bounds count from the end.
    private static func bounds(_ start: Double, _ end: Double, count: Int) -> Range<Int> {
        func offset(_ bound: Double) -> Int {
            if bound.isNaN { return 0 }
            let whole = bound.rounded(.towardZero)
            let fromStart = whole < 0 ? Double(count) + whole : whole
            return Int(max(0, min(Double(count), fromStart)))
        }
        let lower = offset(start)
        return lower..<max(lower, offset(end))
    }

    /// The numbers of an array, or of one property of its items; what is no number counts as 0.
    private static func sum(_ input: LiquidFilterInput) -> LiquidValue {
        let path = input.argument(0).isTruthyInJavaScript ? input.text(0).split(separator: LiquidText(".")) : []
        let numbers = input.value.asList.map { item in
            path.reduce(item) { $0.property(named: $1.string) }.countedNumber
        }
        return .number(numbers.reduce(0, +))
    }
}
