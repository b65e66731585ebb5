import Testing

@testable import Ingest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Files of keys in the documentation")
struct DocumentedKeysTests {
    private static let pages = ["docs/how-to/receive-events.md", "docs/how-to/migrate-from-segment.md"]

    /// The blocks of a page that begin with ```yaml keys, also within lists.
    private static func blocks(_ page: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
        var blocks: [String] = []
        var block: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let word = line.drop { $0 == " " }
            if word == "```yaml keys" {
                block = []
            } else if word == "```", let lines = block {
                blocks.append(lines.joined(separator: "\n"))
                block = nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    @Test("Each can be used as it stands", arguments: pages)
    func blocks(page: String) throws {
        let blocks = try Self.blocks(page)
        #expect(!blocks.isEmpty)
        for block in blocks {
            #expect(throws: Never.self, "\(block)") {
                try IngestKeysFile.parse(Array(block.utf8), defaultStream: "segment:events")
            }
        }
    }
}
