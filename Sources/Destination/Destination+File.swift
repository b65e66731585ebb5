import Crypto
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
