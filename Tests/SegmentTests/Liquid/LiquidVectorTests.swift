import Foundation
import JSON
import Testing

@testable import Segment

/// Answers of the real destination: the mappings of Tests/Vectors whose root, or a member of it, is a template.
@Suite("Liquid vectors")
struct LiquidVectorTests {
    @Test("templates render as recorded", arguments: [("newest-mapping", 29)])
    func vectors(file: String, count: Int) throws {
        var rendered = 0
        for line in try Self.lines(of: file) {
            let vector = try JSONParser.parse(line)
            guard let event = vector["event"], let template = Self.template(in: vector["mapping"]) else { continue }
            rendered += 1
            let answer = try? LiquidTemplate(parsing: template).render(event)
            let value = vector["expect"]?["value"]
            #expect(answer == (value?["out"] ?? value)?.stringValue, "\(template)")
        }
        #expect(rendered == count)
    }

    /// The only template of a mapping `{"@liquid": …}` or `{"out": {"@liquid": …}}`.
    private static func template(in mapping: JSONValue?) -> String? {
        guard let object = mapping?.objectValue, object.count == 1 else { return nil }
        return (object["@liquid"] ?? object["out"]?["@liquid"])?.stringValue
    }

    private static func lines(of file: String) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Vectors/\(file).ndjson"))
        return data.split(separator: 0x0a).map { Array($0) }
    }
}
