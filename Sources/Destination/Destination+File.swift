import Crypto
package import Loops
package import Segment
import Support

extension Destination {
    /// The longest file that is read, in bytes.
    package static let fileBytesMax = MappingsDocument.bytesMax

    /// Reads a mappings file, YAML or JSON, in this bridge's form or as Segment exports it.
    ///
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
        var reader = MappingsFileReader(document)
        let mappings = reader.mappings()
        guard reader.faults.isEmpty else {
            throw MappingsFileFaults(file: file, faults: reader.faults.sorted { $0.line < $1.line })
        }
        self.init(checked: mappings, warnings: reader.warnings, digest: SHA256.hash(data: bytes).prefix(8).hexadecimal)
    }
}

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

/// Why a mapping cannot be used. Mappings do not change by themselves: correct them and load again.
package enum DestinationError: Error, Equatable, Sendable, CustomStringConvertible {
    case trigger(TriggerError)
    /// The action has no trigger of its own.
    case noTrigger(LoopsAction)
    case mapping(MappingErrors)
    case tooManyMappings(Int)

    package var description: String {
        switch self {
        case .trigger(let error): "trigger: \(error)"
        case .noTrigger(let action):
            "needs a trigger: \(action.rawValue) has none of its own, so that nothing is sent for an event that nobody meant"
        case .mapping(let faults): "mapping: \(faults)"
        case .tooManyMappings(let count): "\(count) mappings; a destination has at most \(Destination.mappingsMax)"
        }
    }
}
