import JSON

/// One rendering of a template.
struct LiquidRenderer {
    private(set) var output = LiquidText()
    private let source: LiquidSource
    private let limits: LiquidLimits
    private var evaluator: LiquidEvaluator
    private var cycles: [CycleKey: Int] = [:]
    private var isStopped = false

    /// liquidjs tells cycles apart by their group and by how many values they have, not by the values.
    private struct CycleKey: Hashable {
        let group: LiquidText
        let count: Int
    }

    init(event: JSONValue, source: LiquidSource, limits: LiquidLimits, clock: LiquidClock, zones: ZoneDirectory) {
        self.source = source
        self.limits = limits
        self.evaluator = LiquidEvaluator(event: event, limits: limits, clock: clock, zones: zones)
    }

    /// What `increment` and `decrement` left, by name.
    var counters: [String: Double] { evaluator.scope.counters }

    mutating func render(_ nodes: [LiquidNode]) throws(LiquidError) {
        for node in nodes {
            if isStopped { return }
            try render(node)
        }
    }

    private mutating func render(_ node: LiquidNode) throws(LiquidError) {
        switch node {
        case .text(let text):
            try write(text, at: 0)
        case .output(let filtered):
            try write(try value(of: filtered), at: filtered.offset)
        case .assign(let name, let filtered):
            evaluator.scope.assign(try value(of: filtered), to: name)
        case .capture(let name, let body):
            try capture(body, in: name)
        case .conditional(let branches, let otherwise):
            try render(branches, otherwise: otherwise)
        case .increment(let name):
            try write(.number(evaluator.scope.count(name, by: 1)), at: 0)
        case .decrement(let name):
            try write(.number(evaluator.scope.count(name, by: -1) - 1), at: 0)
        case .cycle(let group, let candidates, let offset):
            try renderCycle(group, candidates, at: offset)
        case .group(let nodes):
            try render(nodes)
        case .stop:
            isStopped = true
        }
    }

    private mutating func render(_ branches: [LiquidBranch], otherwise: [LiquidNode]) throws(LiquidError) {
        for branch in branches {
            let condition = try value(of: branch.condition)
            if condition.isTruthy == branch.expected { return try render(branch.body) }
        }
        try render(otherwise)
    }

    private mutating func capture(_ body: [LiquidNode], in name: String) throws(LiquidError) {
        let outer = output
        output = LiquidText()
        try render(body)
        evaluator.scope.assign(.text(output), to: name)
        output = outer
    }

    private mutating func renderCycle(
        _ group: LiquidExpression?,
        _ candidates: [LiquidExpression],
        at offset: Int
    ) throws(LiquidError) {
        var name = LiquidText("undefined")
        if let group { name = try value(of: group, at: offset).javaScriptText }
        let key = CycleKey(group: name, count: candidates.count)
        let index = cycles[key, default: 0]
        cycles[key] = (index + 1) % candidates.count
        let value = try value(of: candidates[index], at: offset)
        // liquidjs writes what a tag returns only if it is truthy in JavaScript: `cycle 0, 1` begins with nothing.
        if value.isTruthyInJavaScript { try write(value, at: offset) }
    }

    // MARK: Output

    private mutating func write(_ value: LiquidValue, at offset: Int) throws(LiquidError) {
        try spend(value.weight, at: offset)
        try write(value.printed, at: offset)
    }

    private mutating func write(_ text: LiquidText, at offset: Int) throws(LiquidError) {
        try spend(1 + text.count, at: offset)
        guard output.count + text.count <= limits.outputUnits else {
            throw source.error(.limit, at: offset, "the result is longer than \(limits.outputUnits) characters")
        }
        output.units += text.units
    }

    private mutating func spend(_ units: Int, at offset: Int) throws(LiquidError) {
        do throws(LiquidFault) {
            try evaluator.budget.spend(units)
        } catch {
            throw error.error(in: source, at: offset, filter: nil)
        }
    }

    // MARK: Values

    private mutating func value(of filtered: LiquidFiltered) throws(LiquidError) -> LiquidValue {
        var value = try value(of: filtered.expression, at: filtered.offset)
        for call in filtered.filters {
            do throws(LiquidFault) {
                value = try evaluator.apply(call, to: value)
            } catch {
                throw error.error(in: source, at: call.offset, filter: call.filter.rawValue)
            }
        }
        return value
    }

    private mutating func value(of expression: LiquidExpression, at offset: Int) throws(LiquidError) -> LiquidValue {
        do throws(LiquidFault) {
            return try evaluator.evaluate(expression)
        } catch {
            throw error.error(in: source, at: offset, filter: nil)
        }
    }
}
