/// Everything that is wrong with a mappings file, at once. The file has to be corrected.
public struct MappingsFileFaults: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Fault: Error, Equatable, Sendable {
        /// 1-based.
        public let line: Int
        /// A JSON pointer (RFC 6901) from the file's root; empty for the root.
        public let path: String
        /// What is wrong and what was expected.
        public let reason: String
    }

    public let file: String
    public let faults: [Fault]

    /// One line for each fault, as compilers write them: `file:line: path: reason`.
    public var description: String {
        faults.map { fault in
            "\(file):\(fault.line): \(fault.path.isEmpty ? "" : "\(fault.path): ")\(fault.reason)"
        }.joined(separator: "\n")
    }
}
