/// Everything that is wrong with a mappings file, at once. The file has to be corrected.
package struct MappingsFileFaults: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Fault: Error, Equatable, Sendable {
        /// 1-based.
        package let line: Int
        /// A JSON pointer (RFC 6901) from the file's root; empty for the root.
        package let path: String
        /// What is wrong and what was expected.
        package let reason: String
    }

    package let file: String
    package let faults: [Fault]

    /// One line for each fault, as compilers write them: `file:line: path: reason`.
    package var description: String {
        faults.map { fault in
            "\(file):\(fault.line): \(fault.path.isEmpty ? "" : "\(fault.path): ")\(fault.reason)"
        }.joined(separator: "\n")
    }
}
