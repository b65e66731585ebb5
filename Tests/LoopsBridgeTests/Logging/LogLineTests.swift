import Foundation
import Logging
import Testing

@testable import BridgeService
@testable import loops_bridge

@Suite("Log lines: text for people, JSON for machines")
struct LogLineTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:], level: Logger.Level = .warning) -> LogLine {
        LogLine(
            level: level,
            message: message,
            metadata: metadata,
            time: Date(timeIntervalSince1970: 1_764_000_000.125)
        )
    }

    @Test("JSON: time, level and message first, then the metadata by name, as texts")
    func json() {
        #expect(
            line("It failed", ["stream": "s", "attempt": "2", "error": "no \"answer\""]).json
                == #"{"time":"2025-11-24T16:00:00.125Z","level":"warning","message":"It failed","#
                + #""attempt":"2","error":"no \"answer\"","stream":"s"}"#
        )
    }

    @Test("JSON: metadata never takes the place of a name of ours")
    func taken() {
        let json = line("m", ["level": "x", "time": "y"]).json
        #expect(json.contains(#""level":"warning""#) && json.contains(#""metadata.level":"x""#))
        #expect(json.contains(#""metadata.time":"y""#))
    }

    @Test("Text: time, level, message, then name=value, quoted where need be")
    func text() {
        #expect(
            line("It failed", ["b": "two words", "a": "1", "c": "", "d": "x=\"y\""]).text(hasColour: false)
                == #"2025-11-24T16:00:00.125Z warning  It failed a=1 b="two words" c="" d="x='y'""#
        )
        #expect(line("m").text(hasColour: true).contains("\u{1B}[33mwarning \u{1B}[0m"))
    }

    @Test("A line is one line, whatever a value holds, and has a length")
    func oneLine() {
        let evil = "x\n2025-11-24T16:00:00.125Z critical \u{1B}[31mforged"
        for text in [line(evil, ["a": "\(evil)"]).text(hasColour: false), line(evil, ["a": "\(evil)"]).json] {
            #expect(!text.contains("\n") && !text.contains("\u{1B}"))
        }
        let long = Logger.MetadataValue.string(String(repeating: "x", count: 5000))
        #expect(line("m", ["a": long]).json.count < LogLine.maxValueLength + 100)
        #expect(line("m", ["a": long]).text(hasColour: false).count < LogLine.maxValueLength + 100)
    }

    /// The folder with the sources.
    private var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    @Test("Every field that is logged is documented in docs/reference/logs.md, and every one documented is logged")
    func documented() throws {
        let page = try String(contentsOf: root.appending(path: "docs/reference/logs.md"), encoding: .utf8)
        let section = try #require(page.split(separator: "## Fields\n").last?.prefix { _ in true })
        let table = section.split(separator: "\n").prefix { !$0.hasPrefix("## ") }
        var documented: Set<String> = []
        for row in table where row.hasPrefix("| `") {
            for name in (row.split(separator: "|").first ?? "").matches(of: /`(\w+)`/) {
                documented.insert(String(name.1))
            }
        }
        var logged: Set<String> = []
        let folders = [
            "Sources/Bridge", "Sources/RedisStreams", "Sources/BridgeService", "Sources/IngestService",
            "Sources/loops-bridge",
        ]
        for folder in folders {
            let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            while let file = files?.nextObject() as? String {
                guard file.hasSuffix(".swift") else { continue }
                let source = try String(contentsOf: root.appending(path: folder).appending(path: file), encoding: .utf8)
                for name in source.matches(of: /"(\w+)": "\\\(/) { logged.insert(String(name.1)) }
                for name in source.matches(of: /metadata\["(\w+)"\] = "/) { logged.insert(String(name.1)) }
            }
        }
        #expect(logged.subtracting(documented) == [], "logged and not documented")
        #expect(documented.subtracting(logged).subtracting(["time", "level", "message"]) == [], "not logged any more")
    }
}
