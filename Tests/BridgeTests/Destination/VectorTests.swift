import Bridge
import Destination
import Foundation
import JSON
import Segment
import Testing

/// Segment's own answers, and ours for what Segment does not have, each line of them through ``LineMapper`` as `loops-bridge map` does.
@Suite struct VectorTests {
    @Test(arguments: [
        ("fql", 698), ("mapping", 700), ("validation", 270), ("loops", 713), ("newest-fql", 4), ("newest-mapping", 38),
        ("newest-loops", 15), ("transactional", 12),
    ])
    func answersAsSegment(file: String, count: Int) throws {
        let mapper = LineMapper(destination: .presets)
        let lines = try Self.lines(of: file)
        #expect(lines.count == count)
        for line in lines {
            let vector = try JSONParser.parse(line)
            let expected = try #require(vector["expect"])
            let answer = mapper.map(line)
            #expect(
                Self.agrees(answer, with: expected),
                "\(vector["id"]?.jsonText ?? ""): \(answer) instead of \(expected)"
            )
        }
    }

    /// Segment's answer is not ours there, and whoever loads such a trigger is told.
    @Test func readsAsWrittenWhatSegmentReadsOtherwise() throws {
        let lines = try Self.lines(of: "newest-fql-differs")
        #expect(lines.count == 8)
        for line in lines {
            let vector = try JSONParser.parse(line)
            let segments = try #require(vector["expect"]?["matched"])
            #expect(LineMapper(destination: .presets).map(line) == ["matched": segments == true ? false : true])
            let trigger = try #require(vector["fql"]?.stringValue)
            let warnings = try Trigger(parsing: trigger).warnings
            #expect(warnings.contains { $0.hasPrefix("Segment reads this otherwise") }, "\(trigger)")
        }
    }

    private static func lines(of file: String) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Vectors/\(file).ndjson"))
        return data.split(separator: 0x0a).map { Array($0) }
    }

    /// Of errors the kind counts, and of invalid fields the set of path, keyword and params.
    private static func agrees(_ answer: JSONValue, with expected: JSONValue) -> Bool {
        if let results = expected["results"]?.arrayValue {
            guard let own = answer["results"]?.arrayValue, own.count == results.count else { return false }
            return zip(own, results).allSatisfy(agrees)
        }
        guard let error = expected["error"] else { return answer.isNumericallyEqual(to: expected) }
        guard let own = answer["error"] else { return false }
        guard let kind = error["kind"] else { return true }
        return own["kind"] == kind && (kind != "invalid" || fields(own) == fields(error))
    }

    private static func fields(_ error: JSONValue) -> Set<String> {
        Set(
            error["fields"]?.arrayValue?.map { "\($0["path"] ?? nil) \($0["keyword"] ?? nil) \($0["params"] ?? nil)" }
                ?? []
        )
    }
}
