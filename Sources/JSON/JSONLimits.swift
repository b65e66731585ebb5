extension JSONParser {
    /// What the parser refuses although the grammar allows it.
    package struct Limits: Sendable, Equatable {
        /// How many arrays and objects may be open at once. `[]` has depth 1.
        ///
        /// The parser, the writer and the release of a value recurse once per level: 512 levels fit a stack of
        /// 512 KB in a release build, several times over.
        package var depth: Int
        /// How long the text may be, in bytes.
        package var bytes: Int

        package init(depth: Int = 512, bytes: Int = .max) {
            self.depth = depth
            self.bytes = bytes
        }
    }
}
