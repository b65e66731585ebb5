import JSON
import Testing

@testable import Segment

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Answers of the real destination, where the folder of vectors lies beside the repository.
@Suite("Liquid vectors")
struct LiquidVectorTests {
    @Test("mappings that are a template render as recorded")
    func vectors() throws {
        for line in Self.lines(ofFile: "mapping.ndjson") where line.contains("@liquid") {
            let vector = try JSONParser.parse(line)
            guard let mapping = vector["mapping"]?.objectValue, mapping.count == 1 else { continue }
            guard let template = mapping["@liquid"]?.stringValue, let event = vector["event"] else { continue }
            let rendered = try? LiquidTemplate(parsing: template).render(event)
            #expect(rendered == vector["expect"]?["value"]?.stringValue, "\(template)")
        }
    }

    private static func lines(ofFile name: String) -> [String] {
        let folder = #filePath.split(separator: "/").dropLast(5).joined(separator: "/")
        guard let file = fopen("/\(folder)/shared/vectors/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var lines: [String] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        while getline(&line, &capacity, file) > 0 {
            if let line { lines.append(String(cString: line)) }
        }
        free(line)
        return lines
    }
}
