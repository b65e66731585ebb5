/// The work that a rendering may still do.
struct LiquidBudget {
    private let limit: Int
    private var left: Int

    init(_ limit: Int) {
        self.limit = limit
        self.left = limit
    }

    mutating func spend(_ units: Int) throws(LiquidFault) {
        guard units <= left else {
            throw LiquidFault(
                cause: .limit,
                reason: "the rendering needs more than \(limit) units of work",
                hint: "the event or what the template makes of it is too large"
            )
        }
        left -= max(0, units)
    }
}
