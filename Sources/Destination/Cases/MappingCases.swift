import JSON
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
