import JSON

/// A mappings file as JSON, and the line where each of its values begins.
struct MappingsDocument {
    /// The longest file that is read, in bytes.
    static let bytesMax = 1024 * 1024
    /// The most values, aliases counted each time they are used.
    static let valuesMax = 100_000
    /// Objects and arrays within each other.
    static let depthMax = 128

    let root: JSONValue
    /// 1-based lines by JSON pointer.
    private let lines: [String: Int]

    init(root: JSONValue, lines: [String: Int]) {
        self.root = root
        self.lines = lines
    }

    /// The line of the value at `pointer`, or of the nearest that holds it.
    func line(of pointer: String) -> Int {
        var pointer = pointer[...]
        while true {
            if let line = lines[String(pointer)] { return line }
            guard let slash = pointer.lastIndex(of: "/") else { return 1 }
            pointer = pointer[..<slash]
        }
    }

    /// - Throws: ``MappingsFileFaults/Fault`` when the file is neither JSON nor YAML.
    init(bytes: [UInt8]) throws(MappingsFileFaults.Fault) {
        guard bytes.count <= Self.bytesMax else {
            throw MappingsFileFaults.Fault(line: 1, path: "", reason: "more than \(Self.bytesMax) bytes")
        }
        let first = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            do throws(JSONError) {
                let root = try JSONParser.parse(bytes, limits: JSONParser.Limits(depth: Self.depthMax))
                var lines = JSONLines(bytes)
                self.init(root: root, lines: lines.lines())
                return
            } catch {
                // YAML's own flow style begins like this too; only if that fails as well is JSON the better guess.
                guard let document = try? YAMLDocument.document(bytes) else {
                    throw MappingsFileFaults.Fault(
                        line: error.line,
                        path: "",
                        reason: "not JSON: \(error.reason), at column \(error.column)"
                    )
                }
                self = document
                return
            }
        }
        self = try YAMLDocument.document(bytes)
    }
}
