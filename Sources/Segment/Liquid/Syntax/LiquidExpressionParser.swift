/// Parses expressions with filters, as liquidjs' tokenizer reads them.
struct LiquidExpressionParser {
    var cursor: LiquidCursor
    private let depthMax: Int
    private var depth = 0
    /// Filters that do not exist, in order of appearance.
    private(set) var unknownFilters: [String] = []
    /// The zones that `date` is given as texts.
    private(set) var zoneNames: [String] = []

    init(_ cursor: LiquidCursor, depthMax: Int) {
        self.cursor = cursor
        self.depthMax = depthMax
    }

    /// A whole output, condition or right side of an assignment.
    mutating func readFiltered() throws(LiquidError) -> LiquidFiltered {
        let start = cursor.position
        guard let expression = try readExpression() else {
            throw cursor.error("an expression is expected here, not \(cursor.excerpt)")
        }
        var filters: [LiquidFilterCall] = []
        while true {
            cursor.skipBlank()
            if cursor.isAtEnd { break }
            guard cursor.skip(LiquidUnit.bar) else {
                throw cursor.error("a filter after \"|\" or the end is expected here, not \(cursor.excerpt)")
            }
            guard let filter = try readFilter() else { continue }
            filters.append(filter)
        }
        return LiquidFiltered(expression: expression, filters: filters, offset: start)
    }

    /// A single value, nil if none begins here.
    mutating func readValue() throws(LiquidError) -> LiquidExpression? {
        cursor.skipBlank()
        guard depth < depthMax else {
            throw cursor.source.error(.limit, at: cursor.position, "the expression is nested deeper than \(depthMax)")
        }
        depth += 1
        defer { depth -= 1 }
        let root = try readRoot()
        let steps = try readSteps(afterRoot: root != nil)
        return steps.isEmpty ? root : .path(root: root, steps: steps)
    }

    /// A path of properties without a value before it, which `where` takes as text.
    mutating func readPath() throws(LiquidError) -> [LiquidStep] {
        cursor.skipBlank()
        return try readSteps(afterRoot: false)
    }

    /// Reads operands and operators and groups them the way liquidjs does: by precedence, each level from the right.
    ///
    /// Missing operands are undefined, and of several operands without an operator only the first counts.
    private mutating func readExpression() throws(LiquidError) -> LiquidExpression? {
        var operands: [LiquidExpression] = []
        var pending: [PendingOperator] = []
        while true {
            cursor.skipBlank()
            if let operation = readOperator() {
                while let last = pending.last, last.precedence > operation.precedence {
                    pending.removeLast()
                    last.apply(to: &operands)
                }
                pending.append(operation)
            } else if let operand = try readValue() {
                operands.append(operand)
            } else {
                break
            }
        }
        while let last = pending.popLast() { last.apply(to: &operands) }
        return operands.first
    }

    private enum PendingOperator {
        case not
        case binary(LiquidOperator)

        var precedence: Int {
            switch self {
            case .not: 1
            case .binary(let operation): operation.precedence
            }
        }

        func apply(to operands: inout [LiquidExpression]) {
            let right = operands.popLast() ?? .value(.undefined)
            switch self {
            case .not:
                operands.append(.not(right))
            case .binary(let operation):
                let left = operands.popLast() ?? .value(.undefined)
                operands.append(.binary(operation, left, right))
            }
        }
    }

    private static let words = LiquidOperator.allCases.map(\.rawValue) + ["not"]

    private mutating func readOperator() -> PendingOperator? {
        guard let word = cursor.readWord(among: Self.words) else { return nil }
        return LiquidOperator(rawValue: word).map { .binary($0) } ?? .not
    }

    private mutating func readRoot() throws(LiquidError) -> LiquidExpression? {
        if let word = cursor.readWord(among: ["true", "false", "nil", "null", "empty", "blank"]) {
            return .value(Self.literal(word))
        }
        if let text = cursor.readQuoted() { return .value(.text(text)) }
        if cursor.peek() == LiquidUnit.openParenthesis { return try readRange() }
        return cursor.readNumber().map { .value(.number($0)) }
    }

    private static func literal(_ word: String) -> LiquidValue {
        switch word {
        case "true": .bool(true)
        case "false": .bool(false)
        case "empty": .empty
        case "blank": .blank
        default: .nilLiteral
        }
    }

    private mutating func readSteps(afterRoot: Bool) throws(LiquidError) -> [LiquidStep] {
        var steps: [LiquidStep] = []
        while true {
            let start = cursor.position
            if cursor.skip(LiquidUnit.openBracket) {
                let key = try readValue()
                guard cursor.skip(past: LiquidUnit.closeBracket) else {
                    throw cursor.error(at: start, "the bracket that opens here is not closed")
                }
                steps.append(Self.step(for: key))
                continue
            }
            if !afterRoot, steps.isEmpty {
                let name = cursor.readName()
                if !name.isEmpty {
                    steps.append(.name(name.string))
                    continue
                }
            }
            // A leading dot is accepted, as in liquidjs: `.a` is `a`. Two dots belong to a range.
            guard cursor.peek() == LiquidUnit.dot, cursor.peek(1) != LiquidUnit.dot else { return steps }
            cursor.position += 1
            let name = cursor.readName()
            if name.isEmpty { return steps }
            steps.append(.name(name.string))
        }
    }

    /// A quoted key is as good as a name; empty brackets ask for the key `""`.
    private static func step(for key: LiquidExpression?) -> LiquidStep {
        guard let key else { return .name("") }
        if case .value(.text(let text)) = key { return .name(text.string) }
        return .computed(key)
    }

    private mutating func readRange() throws(LiquidError) -> LiquidExpression {
        let start = cursor.position
        cursor.position += 1
        let low = try readRangeBound()
        guard cursor.skip(LiquidUnit.dot), cursor.skip(LiquidUnit.dot) else {
            throw cursor.error(at: start, "a range has the form (1..3)")
        }
        let high = try readRangeBound()
        guard cursor.skip(LiquidUnit.closeParenthesis) else {
            throw cursor.error(
                at: start,
                "a range has the form (1..3)",
                hint: "parentheses do not group conditions in Liquid; split the condition over nested ifs"
            )
        }
        return .range(from: low, through: high)
    }

    private mutating func readRangeBound() throws(LiquidError) -> LiquidExpression {
        guard let bound = try readValue() else {
            throw cursor.error("a range's bound is expected here, not \(cursor.excerpt)")
        }
        cursor.skipBlank()
        return bound
    }
}

extension LiquidExpressionParser {
    /// A filter behind its `|`; nil for one that does not exist, which changes nothing, and for a `|` at the end.
    private mutating func readFilter() throws(LiquidError) -> LiquidFilterCall? {
        cursor.skipBlank()
        let start = cursor.position
        let name = cursor.readName().string
        guard !name.isEmpty else {
            if cursor.isAtEnd { return nil }
            throw cursor.error("a filter's name is expected here, not \(cursor.excerpt)")
        }
        let arguments = try readArguments(of: name)
        guard let filter = LiquidFilter(rawValue: name) else {
            if let refusal = UnsupportedLiquid.filter(name) {
                throw cursor.source.error(.filterRefused(name), at: start, refusal.reason, hint: refusal.hint)
            }
            unknownFilters.append(name)
            return nil
        }
        if filter.takesOneArgument, arguments.count != 1 {
            throw cursor.error(at: start, "filter \"\(name)\" takes one argument, not \(arguments.count)")
        }
        if filter == .date, arguments.count > 1, case .positional(.value(.text(let zone))) = arguments[1] {
            zoneNames.append(zone.string)
        }
        return LiquidFilterCall(filter: filter, arguments: arguments, offset: start)
    }

    private mutating func readArguments(of name: String) throws(LiquidError) -> [LiquidArgument] {
        cursor.skipBlank()
        var arguments: [LiquidArgument] = []
        guard cursor.peek() == LiquidUnit.colon else {
            if cursor.isAtEnd || cursor.peek() == LiquidUnit.bar { return arguments }
            throw cursor.error("\":\" is expected between the filter \"\(name)\" and its arguments")
        }
        repeat {
            cursor.position += 1
            if let argument = try readArgument() { arguments.append(argument) }
            cursor.skipBlank()
            guard cursor.isAtEnd || cursor.peek() == LiquidUnit.comma || cursor.peek() == LiquidUnit.bar else {
                throw cursor.error("\",\" or \"|\" is expected after a filter's argument, not \(cursor.excerpt)")
            }
        } while cursor.peek() == LiquidUnit.comma
        return arguments
    }

    private mutating func readArgument() throws(LiquidError) -> LiquidArgument? {
        cursor.skipBlank()
        let start = cursor.position
        guard let first = try readValue() else { return nil }
        let key = cursor.source.text(start..<cursor.position)
        cursor.skipBlank()
        guard cursor.skip(LiquidUnit.colon) else { return .positional(first) }
        return .keyed(key, try readValue() ?? .value(.undefined))
    }
}
