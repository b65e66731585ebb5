import JSON

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
            let number = JavaScriptNumber.parse(operand.text)
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
