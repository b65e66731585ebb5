import DevKit
import JSON
import Support
import Testing

@testable import Segment

@Suite("Liquid fuzzing")
struct LiquidFuzzTests {
    private static let pieces: [String] =
        [
            "{{", "}}", "{%", "%}", "{%-", "-%}", "{{-", "-}}", " ", "\n", "|", ":", ",", ".", "..", "(", ")", "[", "]",
            "'", "\"", "\\", "=", "==", "!=", "<", ">=", "and", "or", "not", "contains", "true", "nil", "empty",
            "blank",
            "1", "-2", "3.5", "a", "b.c", "d[0]", "'x'", "\"y\"", "é", "😀", "if", "elsif", "else", "endif", "unless",
            "endunless", "assign", "a =", "capture", "endcapture", "comment", "endcomment", "raw", "endraw", "echo",
            "liquid", "cycle", "increment", "decrement", "#", "break", "block", "endblock", "%Y", "%-d", "now", "-5",
        ] + LiquidFilter.allCases.map { "| \($0.rawValue): " }

    private static let event: JSONValue = [
        "a": "Hello <b>World</b> %41 2023-10-12", "b": ["c": [1, 2.5, nil, ["x": true]]], "d": [["k": -1], "é😀", 0],
        "x": ["size": 3], "y": "Thu, 12 Oct 2023 10:11:12 GMT",
    ]

    private static func outcome(of template: String) -> String {
        do {
            let limits = LiquidLimits(outputUnits: 2_000, workUnits: 50_000)
            let rendered = try LiquidTemplate(parsing: template, limits: limits, clock: .fixed).render(event)
            #expect(rendered.utf16.count <= 2_000)
            return rendered
        } catch {
            #expect(error.line >= 1 && error.column >= 1)
            #expect(!error.reason.isEmpty)
            return error.description
        }
    }

    @Test(
        "pieces in any order never trap, stay bounded and give the same outcome twice",
        arguments: 0..<8 as Range<UInt64>
    )
    func anyPieces(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<1_500 {
            let count = Int.random(in: 1...24, using: &generator)
            let template = (0..<count).compactMap { _ in Self.pieces.randomElement(using: &generator) }.joined()
            #expect(Self.outcome(of: template) == Self.outcome(of: template))
        }
    }

    @Test("chains of filters over any value never trap", arguments: 100..<104 as Range<UInt64>)
    func anyFilters(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let values = ["a", "b.c", "d", "y", "nope", "nil", "empty", "-1", "2.5", "'%-5d'", "b", "(1..9)", "true", "''"]
        for _ in 0..<1_500 {
            var template = "{{ " + (values.randomElement(using: &generator) ?? "a")
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                template += " | " + (LiquidFilter.allCases.randomElement(using: &generator)?.rawValue ?? "raw")
                let arguments = (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in
                    values.randomElement(using: &generator)
                }
                if !arguments.isEmpty { template += ": " + arguments.joined(separator: ", ") }
            }
            _ = Self.outcome(of: template + " }}")
        }
    }

    @Test("text without delimiters renders as itself", arguments: 200..<203 as Range<UInt64>)
    func plainText(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 0...60, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x1_FFFF, using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars.filter { $0 != "{" }))
            #expect(Array(try LiquidTemplate(parsing: text).render([:]).utf8) == Array(text.utf8))
            let output = try LiquidTemplate(parsing: "{{ a }}").render(["a": .string(text)])
            #expect(Array(output.utf8) == Array(text.utf8))
        }
    }

    @Test("date texts of any kind never trap", arguments: 300..<303 as Range<UInt64>)
    func anyDates(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let pieces = [
            "2023", "10", "99999999999", "0", "-", "/", ":", "::", ".", "T", "Z", "+", "GMT", "EST", "PM", "Oct", "(",
            ")",
            " ", "24:00", "+0530", "é", "foo", "000001", "10:11:12.345",
        ]
        let template = try LiquidTemplate(parsing: "{{ d | date: '%c %s %j %U %W %N %C' }}")
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...8, using: &generator)
            let text = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            _ = try template.render(["d": .string(text)])
        }
    }
}
