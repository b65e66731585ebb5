/// Reads the words of a trigger: conditions joined by `and` or `or`, groups in parentheses.
///
/// Stricter than Segment: what Segment guesses at, leaves out or reads in an order of its own is an error here, so that
/// a trigger never matches something else than it says.
struct TriggerParser {
    /// Groups within groups.
    static let depthMax = 200

    private(set) var items: [TriggerItem] = []
    private let tokens: [TriggerToken]
    private var at = 0

    init(_ tokens: [TriggerToken]) {
        self.tokens = tokens
    }

    /// The whole trigger as it is written.
    mutating func trigger() throws(TriggerError) -> TriggerNode {
        guard current.kind != .end else {
            throw error(current, "the trigger is empty", hint: "write for example type = \"track\"")
        }
        let node = try group(depth: 0)
        switch current.kind {
        case .end: return node
        case .close: throw error(current, "this ')' closes nothing", hint: "remove it or add its '('")
        default: throw error(current, "\(current.kind.label) where 'and', 'or' or the end is expected", hint: nil)
        }
    }

    private mutating func group(depth: Int) throws(TriggerError) -> TriggerNode {
        var nodes: [TriggerNode] = []
        if let node = try condition(depth: depth) { nodes.append(node) }
        var joined: TriggerConjunction?
        while let conjunction = conjunction(of: current) {
            if let joined, joined != conjunction {
                throw error(
                    current,
                    "'and' and 'or' are mixed in one group",
                    hint: "say with parentheses what belongs together, as a and (b or c)"
                )
            }
            joined = conjunction
            items.append(.conjunction(conjunction))
            at += 1
            if let node = try condition(depth: depth) { nodes.append(node) }
        }
        return .group(nodes, by: joined ?? .and)
    }

    /// A condition or a group. Nil is a condition that is left out.
    private mutating func condition(depth: Int) throws(TriggerError) -> TriggerNode? {
        let token = take()
        switch token.kind {
        case .open:
            guard depth < Self.depthMax else {
                throw error(token, "more than \(Self.depthMax) groups within each other", hint: nil)
            }
            items.append(.open)
            let node = try group(depth: depth + 1)
            guard take().kind == .close else {
                at -= 1
                throw error(current, "\(current.kind.label) where 'and', 'or' or ')' is expected", hint: nil)
            }
            items.append(.close)
            return node
        case .not:
            let name = take()
            guard let function = function(of: name) else {
                throw error(
                    token,
                    "'!' stands before a function only",
                    hint: "write !contains(…) or !match(…), or use !="
                )
            }
            return try call(function, isNegated: true)
        case .name(let keys):
            if let function = function(of: token) { return try call(function, isNegated: false) }
            return try comparison(TriggerFieldParser.field(keys, column: token.column))
        default:
            throw error(
                token,
                "\(token.kind.label) where a condition is expected",
                hint: "a condition begins with a field, as type = \"track\""
            )
        }
    }

    private mutating func comparison(_ field: TriggerField) throws(TriggerError) -> TriggerNode? {
        let token = take()
        guard case .comparison(let comparison) = token.kind else {
            throw error(token, "\(token.kind.label) where a comparison is expected", hint: "one of = != < <= > >=")
        }
        let node = TriggerCondition.comparison(field, comparison, try operand())
        items.append(.condition(node, endsInParenthesis: false))
        return node
    }

    private mutating func operand() throws(TriggerError) -> TriggerCondition.Operand {
        let token = take()
        switch token.kind {
        case .text(let text): return .text(text)
        case .number(let number): return .number(number)
        case .name(let keys):
            switch keys {
            case ["true"]: return .flag(true)
            case ["false"]: return .flag(false)
            case ["null"]: return .null
            default: throw error(token, "\(token.kind.label) is not a value", hint: "a text needs quotes")
            }
        default:
            throw error(
                token,
                "\(token.kind.label) where a value is expected",
                hint: "a text, a number, true, false or null"
            )
        }
    }
}

extension TriggerParser {
    private enum Function: String, CaseIterable {
        case contains
        case match
    }

    private mutating func call(_ function: Function, isNegated: Bool) throws(TriggerError) -> TriggerNode? {
        try expect(.open, after: "'\(function.rawValue)'")
        let name = take()
        guard case .name(let keys) = name.kind else {
            throw error(name, "\(name.kind.label) where a field is expected", hint: usage(of: function))
        }
        let field = try TriggerFieldParser.field(keys, column: name.column)
        try expect(.comma, after: "the field", hint: usage(of: function))
        let argument = take()
        guard case .text(let text) = argument.kind else {
            throw error(argument, "\(argument.kind.label) where a text is expected", hint: usage(of: function))
        }
        if current.kind == .comma {
            throw error(current, "\(function.rawValue) takes two arguments", hint: usage(of: function))
        }
        try expect(.close, after: "the text")
        let (part, rest) = try part(function, text, column: argument.column)
        let node = TriggerCondition.part(of: field, part, rest, isNegated: isNegated)
        items.append(.condition(node, endsInParenthesis: true))
        return node
    }

    private func part(
        _ function: Function,
        _ text: String,
        column: Int
    ) throws(TriggerError) -> (TriggerTest.Part, String) {
        guard function == .match else { return (.middle, text) }
        let stars = text.unicodeScalars.count { $0 == "*" }
        if stars == 1, text.hasSuffix("*") { return (.start, String(text.dropLast())) }
        if stars == 1, text.hasPrefix("*") { return (.end, String(text.dropFirst())) }
        throw TriggerError(
            column: column,
            reason: "a pattern has one * at its start or at its end",
            hint: stars == 2 ? "for a text in the middle write contains(…)" : "write \"x*\" or \"*x\""
        )
    }

    private func usage(of function: Function) -> String {
        function == .contains ? "write contains(event, \"x\")" : "write match(event, \"x*\")"
    }

    private func function(of token: TriggerToken) -> Function? {
        guard case .name(let keys) = token.kind, keys.count == 1 else { return nil }
        return Function(rawValue: keys[0])
    }

    private func conjunction(of token: TriggerToken) -> TriggerConjunction? {
        guard case .name(let keys) = token.kind, keys.count == 1 else { return nil }
        return TriggerConjunction(rawValue: keys[0])
    }

    private mutating func expect(
        _ kind: TriggerToken.Kind,
        after what: String,
        hint: String? = nil
    ) throws(TriggerError) {
        let token = take()
        guard token.kind == kind else {
            throw error(token, "\(token.kind.label) where \(kind.label) is expected after \(what)", hint: hint)
        }
    }

    private var current: TriggerToken { tokens[min(at, tokens.count - 1)] }

    private mutating func take() -> TriggerToken {
        defer { at += 1 }
        return current
    }

    private func error(_ token: TriggerToken, _ reason: String, hint: String?) -> TriggerError {
        TriggerError(column: token.column, reason: reason, hint: hint)
    }
}

/// Turns a dotted name into the field that it stands for.
enum TriggerFieldParser {
    static func field(_ keys: [String], column: Int) throws(TriggerError) -> TriggerField {
        guard let root = keys.first.flatMap(TriggerField.Root.init) else {
            throw unknownField(keys, column: column)
        }
        guard root.hasMembers else {
            guard keys.count == 1 else {
                throw TriggerError(column: column, reason: "'\(root.rawValue)' has no members", hint: nil)
            }
            return TriggerField(root: root, path: EventPath(keys: []))
        }
        guard keys.count > 1 else {
            throw TriggerError(
                column: column,
                reason: "'\(root.rawValue)' needs a member to test",
                hint: "write for example \(root.rawValue).plan"
            )
        }
        return TriggerField(root: root, path: EventPath(keys: Array(keys.dropFirst())))
    }

    private static func unknownField(_ keys: [String], column: Int) -> TriggerError {
        let name = keys.joined(separator: ".")
        let roots = TriggerField.Root.allCases.map { $0.hasMembers ? "\($0.rawValue).…" : $0.rawValue }
        if ["contains", "match"].contains(where: { $0 == keys.first?.lowercased() }) {
            return TriggerError(
                column: column,
                reason: "'\(name)' is not a function",
                hint: "names are written in small letters"
            )
        }
        let near = TriggerField.Root.allCases.first { root in
            keys.first.map { $0.lowercased() == root.rawValue.lowercased() || $0 + "s" == root.rawValue } ?? false
        }
        return TriggerError(
            column: column,
            reason: "'\(name)' is not a field that a trigger can test",
            hint: near.map { "did you mean '\($0.rawValue)'?" } ?? "fields are \(roots.joined(separator: ", "))"
        )
    }
}
