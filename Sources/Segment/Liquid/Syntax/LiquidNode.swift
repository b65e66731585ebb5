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
