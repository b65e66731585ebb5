/// The group's consumers are partitions, not processes: `p00`, `p01`, …
enum PartitionName {
    /// The consumer that reads new entries inside the route script; nothing ever stays with it.
    static let router = "router"
    /// The most partitions a group may have.
    static let max = 1000

    static func of(_ partition: Int) -> String { partition < 10 ? "p0\(partition)" : "p\(partition)" }
}
