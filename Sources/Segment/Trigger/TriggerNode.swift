import JSON
import JavaScript

/// A trigger, parsed: what is asked of an event.
indirect enum TriggerNode: Sendable, Equatable {
    case test(TriggerField, TriggerTest)
    case all([TriggerNode])
    case any([TriggerNode])
    /// Segment reads nothing that it can evaluate.
    case never

    /// The node for conditions joined by one conjunction; a single one needs none.
    static func group(_ nodes: [TriggerNode], by conjunction: TriggerConjunction) -> TriggerNode {
        guard let first = nodes.first else { return .never }
        guard nodes.count > 1 else { return first }
        return conjunction == .and ? .all(nodes) : .any(nodes)
    }

    func matches(_ event: JSONObject) -> Bool {
        switch self {
        case .test(let field, let test): return test.passes(field.value(in: event))
        case .all(let nodes):
            for node in nodes where !node.matches(event) { return false }
            return true
        case .any(let nodes):
            for node in nodes where node.matches(event) { return true }
            return false
        case .never: return false
        }
    }
}

enum TriggerConjunction: String, Sendable {
    case and
    case or
}

/// The left side of a condition.
struct TriggerField: Sendable, Equatable {
    enum Root: String, Sendable, CaseIterable {
        case type, event, name, userId, properties, traits, context

        /// Whether the root is an object that is asked for something inside it.
        var hasMembers: Bool {
            switch self {
            case .properties, .traits, .context: true
            case .type, .event, .name, .userId: false
            }
        }
    }

    let root: Root
    let path: EventPath

    func value(in event: JSONObject) -> JSONValue? { path.value(in: event[root.rawValue]) }
}

/// What is left of a trigger once its conditions are parsed: conditions, conjunctions and parentheses in their order.
enum TriggerItem: Equatable {
    /// `node` is nil for a condition that Segment leaves out. `endsInParenthesis`: a call of a function.
    case condition(TriggerNode?, endsInParenthesis: Bool)
    case conjunction(TriggerConjunction)
    case open
    case close
}

/// A trigger as Segment reads it.
///
/// Segment ends a group at the first closing parenthesis behind its opening one, which may be that of a function inside
/// the group. What follows belongs to the group outside, and of several conjunctions in one group the last one counts.
/// Groups inside groups make Segment refuse the whole trigger.
enum SegmentReading {
    /// Segment's tree, or nil where Segment cannot read the trigger.
    static func node(of items: [TriggerItem]) -> TriggerNode? {
        var nodes: [TriggerNode] = []
        var conjunction = TriggerConjunction.and
        var rest = items[...]
        while let item = rest.popFirst() {
            switch item {
            case .condition(let node, _): if let node { nodes.append(node) }
            case .conjunction(let last): conjunction = last
            case .close: break
            case .open:
                guard let group = group(from: &rest), let node = node(of: group) else { return nil }
                nodes.append(node)
            }
        }
        return .group(nodes, by: conjunction)
    }

    /// The items up to where Segment ends the group, or nil where it never does.
    private static func group(from rest: inout ArraySlice<TriggerItem>) -> [TriggerItem]? {
        var group: [TriggerItem] = []
        while let item = rest.popFirst() {
            switch item {
            case .open: return nil
            case .close: return group
            case .conjunction: group.append(item)
            case .condition(_, let endsInParenthesis):
                group.append(item)
                if endsInParenthesis { return group }
            }
        }
        return nil
    }
}

/// Builds the nodes of single conditions by Segment's rules for each left side.
enum TriggerCondition {
    /// The right side of a comparison.
    enum Operand {
        case text(String)
        case number(Double)
        case flag(Bool)
        case null

        /// As JavaScript's `String(value)`.
        var text: String {
            switch self {
            case .text(let text): text
            case .number(let number): JSONValue.javaScriptText(number)
            case .flag(let flag): flag ? "true" : "false"
            case .null: "null"
            }
        }
    }

    static func comparison(
        _ field: TriggerField,
        _ comparison: TriggerComparison,
        _ operand: Operand
    ) -> TriggerNode {
        .test(field, test(field.root, comparison, operand))
    }

    private static func test(
        _ root: TriggerField.Root,
        _ comparison: TriggerComparison,
        _ operand: Operand
    ) -> TriggerTest {
        // `type` and `event` take everything as a text, `name` all but null; `userId` knows true and false besides.
        let knowsNull = root != .type && root != .event
        let isPlainText = !root.hasMembers && root != .userId
        switch comparison {
        case .equal:
            switch operand {
            case .null where knowsNull: return .isAbsent
            case .flag(let flag) where !isPlainText: return flag ? .isTrue : .isFalse
            case .number(let number) where root.hasMembers: return .isNumber(number)
            case .text, .number, .flag, .null: return .isText(operand.text)
            }
        case .notEqual:
            switch operand {
            case .null where knowsNull: return .isPresent
            case .number(let number) where root.hasMembers: return .isOtherNumber(number)
            case .text, .number, .flag, .null: return .isNotText(operand.text)
            }
        case .less: return .compares(.less, limit(root, operand))
        case .lessOrEqual: return .compares(.lessOrEqual, limit(root, operand))
        case .greater: return .compares(.greater, limit(root, operand))
        case .greaterOrEqual: return .compares(.greaterOrEqual, limit(root, operand))
        }
    }

    /// The number that an order compares with; nil for JavaScript's NaN, which nothing is less or greater than. A NaN
    /// in its place would make a node unequal to itself.
    private static func limit(_ root: TriggerField.Root, _ operand: Operand) -> Double? {
        switch operand {
        case .number(let number): return number
        case .flag(let flag) where root.hasMembers: return flag ? 1 : 0
        case .text, .flag, .null:
            let number = NumberParser.parse(operand.text)
            return number.isNaN ? nil : number
        }
    }

    /// A call of `contains` or `match`; nil where Segment leaves it out, which it does for `type`.
    static func part(
        of field: TriggerField,
        _ part: TriggerTest.Part,
        _ text: String,
        isNegated: Bool
    ) -> TriggerNode? {
        field.root == .type ? nil : .test(field, .hasPart(part, text, isNegated: isNegated))
    }
}
