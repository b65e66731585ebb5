/// How much a YAML text may hold. A few lines can stand for billions of values, so what an alias names counts each time that it is used.
package struct YAMLLimits: Sendable {
    /// The most values, keys included.
    let values: Int
    /// The most sequences and mappings within each other.
    let depth: Int

    package init(values: Int, depth: Int = 128) {
        self.values = values
        self.depth = depth
    }
}
