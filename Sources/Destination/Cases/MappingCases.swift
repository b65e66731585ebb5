package import JSON
import Loops

/// A file of cases for mappings, YAML or JSON: what `loops-bridge test` runs.
package struct MappingCases: Sendable, Equatable {
    /// The mappings file as the file of cases names it; nil for the destination's presets.
    package let mappings: String?
    package let cases: [MappingCase]

    /// - Parameters:
    ///   - file: its name, for the faults only.
    ///   - bytes: its content, at most 1 MB.
    /// - Throws: ``MappingsFileFaults`` with every fault of the file.
    package init(file: String, bytes: [UInt8]) throws(MappingsFileFaults) {
        let document: MappingsDocument
        do throws(MappingsFileFaults.Fault) {
            document = try MappingsDocument(bytes: bytes)
        } catch {
            throw MappingsFileFaults(file: file, faults: [error])
        }
        var reader = MappingCasesReader(document)
        let (mappings, cases) = reader.cases()
        guard reader.faults.isEmpty else {
            throw MappingsFileFaults(file: file, faults: reader.faults.sorted { $0.line < $1.line })
        }
        self.mappings = mappings
        self.cases = cases
    }

    /// The mappings file that a file of cases names, also where the file has faults, so that both can be reported.
    package static func mappings(in bytes: [UInt8]) -> String? {
        (try? MappingsDocument(bytes: bytes))?.root["mappings"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// One place where two values differ. Numbers are compared as doubles, objects without the order of their keys.
package struct JSONDifference: Sendable, Equatable, CustomStringConvertible {
    /// A JSON pointer (RFC 6901); empty for the root.
    package let path: String
    /// nil where there should be nothing.
    package let expected: JSONValue?
    /// nil where there is nothing.
    package let found: JSONValue?

    package var description: String {
        """
        \(path.isEmpty ? "/" : path)
            expected \(expected?.jsonText ?? "nothing")
            got      \(found?.jsonText ?? "nothing")
        """
    }

    /// All differences, those of members and elements at their own places.
    package static func differences(_ expected: JSONValue?, _ found: JSONValue?, at path: String = "")
        -> [JSONDifference]
    {
        switch (expected, found) {
        case (.object(let left)?, .object(let right)?):
            let keys = left.keys + right.keys.filter { left[$0] == nil }
            return keys.flatMap { key in
                differences(left[key], right[key], at: "\(path)/\(JSONPointer.escaped(key))")
            }
        case (.array(let left)?, .array(let right)?):
            return (0..<max(left.count, right.count)).flatMap { index in
                differences(
                    index < left.count ? .some(left[index]) : .none,
                    index < right.count ? .some(right[index]) : .none,
                    at: "\(path)/\(index)"
                )
            }
        case (.some(let left), .some(let right)) where left.isNumericallyEqual(to: right): return []
        case (.none, .none): return []
        default: return [JSONDifference(path: path, expected: expected, found: found)]
        }
    }
}
