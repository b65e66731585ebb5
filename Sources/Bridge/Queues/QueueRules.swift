/// What contact queues go by besides the order of their entries.
struct QueueRules: Sendable {
    /// The streams' weights, by their place in the configuration.
    var weights: [Int] = []
    var coalescing = Coalescing.off
}
