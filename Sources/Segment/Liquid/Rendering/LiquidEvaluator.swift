import JSON

/// Evaluates the expressions and filters of one rendering.
struct LiquidEvaluator {
    var scope: LiquidScope
    var budget: RenderLimits
    private let clock: LiquidClock
    private let zones: ZoneDirectory
    private let depthMax: Int

    init(event: JSONValue, limits: LiquidLimits, clock: LiquidClock, zones: ZoneDirectory) {
        self.scope = LiquidScope(root: LiquidValue(event))
        self.budget = RenderLimits(limits.workUnits)
        self.clock = clock
        self.zones = zones
        self.depthMax = limits.depth
    }

    mutating func apply(_ call: LiquidFilterCall, to value: LiquidValue) throws(LiquidFault) -> LiquidValue {
        var arguments: [LiquidValue] = []
        for argument in call.arguments {
            switch argument {
            case .positional(let expression): arguments.append(try evaluate(expression))
            case .keyed(let key, let expression): arguments.append(.list([.text(key), try evaluate(expression)]))
            }
        }
        try budget.spend(arguments.reduce(value.weight) { $0 + $1.weight })
        let input = LiquidFilterInput(value: value, arguments: arguments, clock: clock, zones: zones)
        if call.filter == .where { return try filterWhere(input) }
        return try call.filter.apply(to: input, within: &budget)
    }

    mutating func evaluate(_ expression: LiquidExpression) throws(LiquidFault) -> LiquidValue {
        switch expression {
        case .value(let value):
            return value
        case .path(let root, let steps):
            if let root { return try follow(steps[...], from: try evaluate(root)) }
            return try followFromScope(steps)
        case .range(let low, let high):
            return try range(from: try evaluate(low).javaScriptNumber, through: try evaluate(high).javaScriptNumber)
        case .not(let operand):
            return .bool(!(try evaluate(operand).isTruthy))
        case .binary(let operation, let left, let right):
            if Self.isSamePath(left, right), operation == .equal || operation == .notEqual {
                let value = try evaluate(left)
                // One place of the event: JavaScript compares an object with itself.
                if value.isObjectOrArray { return .bool(operation == .equal) }
            }
            return .bool(try compare(operation, try evaluate(left), try evaluate(right)))
        }
    }

    /// Whether both are the same names from the event or a variable on.
    private static func isSamePath(_ left: LiquidExpression, _ right: LiquidExpression) -> Bool {
        guard case .path(nil, let own) = left, case .path(nil, let other) = right, own.count == other.count else {
            return false
        }
        return zip(own, other).allSatisfy { one, two in
            if case .name(let name) = one, case .name(let otherName) = two {
                name.hasSameBytes(as: otherName)
            } else {
                false
            }
        }
    }

    private mutating func compare(
        _ operation: LiquidOperator,
        _ left: LiquidValue,
        _ right: LiquidValue
    ) throws(LiquidFault) -> Bool {
        switch operation {
        case .and: return left.isTruthy && right.isTruthy
        case .or: return left.isTruthy || right.isTruthy
        default: try budget.spend(left.weight + right.weight)
        }
        return switch operation {
        case .equal: left.equals(right)
        case .notEqual: !left.equals(right)
        case .less: left.isLess(than: right)
        case .greater: right.isLess(than: left)
        case .lessOrEqual: left.isAtMost(right)
        case .greaterOrEqual: right.isAtMost(left)
        case .contains: left.contains(right)
        case .and, .or: false
        }
    }

    private mutating func followFromScope(_ steps: [LiquidStep]) throws(LiquidFault) -> LiquidValue {
        guard let first = steps.first else { return .undefined }
        let name: String
        switch first {
        case .name(let text): name = text
        case .computed(let expression): name = try evaluate(expression).plain.javaScriptText.string
        }
        return try follow(steps.dropFirst(), from: scope[name])
    }

    private mutating func follow(
        _ steps: ArraySlice<LiquidStep>,
        from root: LiquidValue
    ) throws(LiquidFault) -> LiquidValue {
        var value = root
        for step in steps {
            switch step {
            case .name(let name): value = value.property(named: name)
            case .computed(let expression): value = value.property(try evaluate(expression))
            }
        }
        return value
    }

    private mutating func range(from low: Double, through high: Double) throws(LiquidFault) -> LiquidValue {
        let count = high - low + 1
        guard count > 0 else { return .list([]) }
        try budget.spend(Int(exactly: count.rounded(.up)) ?? .max)
        return .list(stride(from: low, to: high + 1, by: 1).map { .number($0) })
    }

    /// Keeps the items whose property is truthy, or equals the second argument. Its path is read with the item as event.
    private mutating func filterWhere(_ input: LiquidFilterInput) throws(LiquidFault) -> LiquidValue {
        let path = LiquidSource(input.text(0))
        var parser = LiquidExpressionParser(LiquidCursor(path, in: 0..<path.units.count), depthMax: depthMax)
        let steps: [LiquidStep]
        do {
            steps = try parser.readPath()
        } catch {
            throw LiquidFault(
                cause: .badValue,
                reason: "\(path.excerpt(0..<path.units.count)) is no path of properties"
            )
        }
        let outer = scope
        defer { scope = outer }
        var kept: [LiquidValue] = []
        for item in input.value.asList {
            scope = LiquidScope(root: item)
            let value = try followFromScope(steps)
            if case .undefined = input.argument(1) {
                if value.isTruthy { kept.append(item) }
            } else if value.equals(input.argument(1)) {
                kept.append(item)
            }
        }
        return .list(kept)
    }
}
