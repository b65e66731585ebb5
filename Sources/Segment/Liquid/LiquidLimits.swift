/// The bounds of one template and of one rendering.
///
/// Segment limits a template to 1,000 characters, a rendering to 500 ms and 100 MB. Time and allocation would make the
/// outcome depend on the machine, so here work is counted instead: the same event always renders or always fails.
package struct LiquidLimits: Sendable, Equatable {
    /// Longest template, in UTF-16 units.
    package var templateUnits: Int
    /// Longest result, in UTF-16 units.
    package var outputUnits: Int
    /// Work of one rendering: every node costs 1, every filter and range the units and items that it reads and writes.
    package var workUnits: Int
    /// Deepest nesting of blocks and, separately, of ranges and brackets within one expression.
    package var depth: Int

    package init(templateUnits: Int = 1_000, outputUnits: Int = 1_000_000, workUnits: Int = 10_000_000, depth: Int = 64)
    {
        self.templateUnits = templateUnits
        self.outputUnits = outputUnits
        self.workUnits = workUnits
        self.depth = depth
    }
}

/// The work that a rendering may still do.
struct RenderLimits {
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
