/// A piece of a parsed template.
indirect enum LiquidNode: Sendable {
    case text(LiquidText)
    case output(LiquidFiltered)
    case assign(String, LiquidFiltered)
    case capture(String, [LiquidNode])
    case conditional([LiquidBranch], otherwise: [LiquidNode])
    /// Prints the counter, then adds 1.
    case increment(String)
    /// Subtracts 1 from the counter, then prints it.
    case decrement(String)
    case cycle(group: LiquidExpression?, candidates: [LiquidExpression], offset: Int)
    /// The tags of `liquid`, or the content of `block`.
    case group([LiquidNode])
    /// `break` or `continue`: with no loop around it, the rendering ends here.
    case stop
}

/// A branch of `if` or `unless`.
struct LiquidBranch: Sendable {
    let condition: LiquidFiltered
    /// The truth that the condition must have: false only for `unless` itself.
    let expected: Bool
    let body: [LiquidNode]
}

/// An expression, ready to be evaluated.
indirect enum LiquidExpression: Sendable {
    case value(LiquidValue)
    /// Steps from a value, or from the template's variables and the event if there is none.
    case path(root: LiquidExpression?, steps: [LiquidStep])
    case range(from: LiquidExpression, through: LiquidExpression)
    case not(LiquidExpression)
    case binary(LiquidOperator, LiquidExpression, LiquidExpression)
}

/// One step of a path: `.name`, or `[expression]`.
enum LiquidStep: Sendable {
    case name(String)
    case computed(LiquidExpression)
}

/// The operators with two sides.
enum LiquidOperator: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case greater = ">"
    case lessOrEqual = "<="
    case less = "<"
    case contains
    case and
    case or

    /// Operators of one precedence group from the right, as everywhere in Liquid.
    var precedence: Int {
        switch self {
        case .and, .or: 0
        default: 2
        }
    }
}

/// An expression and the filters that its value goes through.
struct LiquidFiltered: Sendable {
    let expression: LiquidExpression
    let filters: [LiquidFilterCall]
    /// Where it stands in the template.
    let offset: Int
}

/// One filter with its arguments.
struct LiquidFilterCall: Sendable {
    let filter: LiquidFilter
    let arguments: [LiquidArgument]
    let offset: Int
}

/// A filter's argument, `1` or `allow_false: true`.
enum LiquidArgument: Sendable {
    case positional(LiquidExpression)
    case keyed(LiquidText, LiquidExpression)
}
