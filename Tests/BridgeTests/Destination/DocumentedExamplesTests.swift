import Foundation
import JSON
import Loops
import Testing

@testable import Bridge
@testable import Destination
@testable import Segment

/// Everything on the pages of `docs/` about mappings that a machine can check: code blocks by the word behind their
/// language, tables by the comment above them.
@Suite("The pages about mappings say what the program does")
struct DocumentedExamplesTests {
    @Test("Every example gives what it says", arguments: DocumentedPage.mapping.blocks("yaml example"))
    func example(_ block: DocumentedPage.Block) throws {
        let example = try MappingsDocument(bytes: Array(block.text.utf8)).root
        let event = try #require(example["event"])
        if let trigger = example["trigger"] {
            let text = try #require(trigger.stringValue)
            #expect(try Trigger(parsing: text).matches(event) == example["matches"]?.boolValue)
        } else if let mapping = example["mapping"] {
            expect(mapping, of: event, toGive: example)
        } else {
            let expected = try #require(example["results"])
            let destination = try example["mappings"].map { try Destination(file: "example", bytes: $0.serialized()) }
            #expect(Self.json((destination ?? .presets).results(for: event)).isNumericallyEqual(to: expected))
        }
    }

    @Test("Every line of a table of mappings", arguments: DocumentedPage.mapping.rows("mapping"))
    func mapping(_ row: DocumentedPage.Row) throws {
        let expected: JSONValue =
            if row[2] == "undefined" {
                ["undefined": true]
            } else if row[2].hasPrefix("error: ") {
                ["error": .string(String(row[2].dropFirst(7)))]
            } else {
                ["value": try JSONParser.parse(row[2])]
            }
        expect(try JSONParser.parse(row[0]), of: try JSONParser.parse(row[1]), toGive: expected)
    }

    @Test("Every line of the table of triggers", arguments: DocumentedPage.mapping.rows("trigger"))
    func trigger(_ row: DocumentedPage.Row) throws {
        let trigger = try Trigger(parsing: row[0])
        #expect(trigger.matches(try JSONParser.parse(row[1])) == (row[2] == "yes"))
        #expect(trigger.warnings.isEmpty)
    }

    @Test("Every refused trigger", arguments: DocumentedPage.mapping.rows("refused triggers"))
    func refusedTrigger(_ row: DocumentedPage.Row) throws {
        #expect(try #require(throws: TriggerError.self) { try Trigger(parsing: row[0]) }.description == row[1])
    }

    @Test("Every trigger that is warned of", arguments: DocumentedPage.mapping.rows("warned triggers"))
    func warnedTrigger(_ row: DocumentedPage.Row) throws {
        #expect(try Trigger(parsing: row[0]).warnings == [row[1]])
    }

    @Test("Every value of a field", arguments: DocumentedPage.mapping.rows("coercion"))
    func coercion(_ row: DocumentedPage.Row) throws {
        var fields: JSONObject = ["userId": "u"]
        fields[row[0]] = try JSONParser.parse(row[1])
        switch Result(catching: { try LoopsAction.createOrUpdateContact.request(from: fields) }) {
        case .success(let request):
            let sent = request.body[row[0]]
            #expect(row[2] == "not sent" ? sent == nil : sent == (try? JSONParser.parse(row[2])))
        case .failure(let faults): #expect("refused: \(faults)" == row[2])
        }
    }

    @Test("The fields of each action and their defaults", arguments: LoopsAction.allCases)
    func fields(of action: LoopsAction) throws {
        let rows = DocumentedPage.mapping.rows("fields of \(action.rawValue)")
        #expect(rows.map { $0[0] } == action.traits.fields.map(\.name))
        for (row, field) in zip(rows, action.traits.fields) {
            #expect(row[1] == field.kind.rawValue + (field.isRequired ? ", required" : ""))
            #expect(row[2].isEmpty ? action.traits.defaultMapping[field.name] == nil : true)
            if !row[2].isEmpty { #expect(try JSONParser.parse(row[2]) == action.traits.defaultMapping[field.name]) }
        }
    }

    @Test("Every value of an event's integrations", arguments: DocumentedPage.mapping.rows("integrations"))
    func integrations(_ row: DocumentedPage.Row) throws {
        let event = try SegmentEvent(["type": "track", "integrations": try JSONParser.parse(row[0])])
        #expect(row[1] == (IntegrationRule().skips(event) ? "ignored" : "handled"))
    }

    @Test(
        "Every mappings file loads without a warning",
        arguments: ["yaml mappings", "json mappings"].flatMap(DocumentedPage.mapping.blocks)
    )
    func file(_ block: DocumentedPage.Block) throws {
        #expect(try Destination(file: "mappings.yaml", bytes: Array(block.text.utf8)).warnings.isEmpty)
    }

    @Test("The presets as a file are those of the program", arguments: DocumentedPage.mapping.blocks("yaml presets"))
    func presets(_ block: DocumentedPage.Block) throws {
        let written = try Destination(file: "mappings.yaml", bytes: Array(block.text.utf8)).mappings
        #expect(written.count == Destination.presets.mappings.count)
        for (written, preset) in zip(written, Destination.presets.mappings) {
            #expect(written.name == preset.name && written.action == preset.action)
            #expect(written.trigger.text == preset.trigger.text && written.fields == preset.fields)
            #expect(written.isEnabled && written.options == preset.options && written.priority == preset.priority)
        }
    }

    @Test("Every refused file is refused in these words", arguments: DocumentedPage.mapping.blocks("yaml refused"))
    func refusedFile(_ block: DocumentedPage.Block) throws {
        let words = try #require(DocumentedPage.mapping.block("text", behind: block))
        let faults = try #require(throws: MappingsFileFaults.self) {
            try Destination(file: "mappings.yaml", bytes: Array(block.text.utf8))
        }
        #expect(faults.description == words.text)
    }

    @Test("`loops-bridge map` prints this", arguments: DocumentedPage.mapping.blocks("console"))
    func console(_ block: DocumentedPage.Block) throws {
        let lines = block.text.split(separator: "\n").map(String.init)
        let command = try #require(lines.first)
        let event = try #require(command.split(separator: "'", maxSplits: 2).dropFirst().first)
        #expect(command == "$ echo '\(event)' | loops-bridge map")
        let answer = LineMapper(destination: .presets).map(Array(event.utf8))
        #expect(answer.jsonText == lines.dropFirst().joined())
    }

    @Test("Each of these lists is complete")
    func lists() {
        let page = DocumentedPage.mapping
        func names(_ title: String) -> Set<String> { Set(page.words(title)) }
        #expect(
            page.rows("directives").map { $0[0] }
                == MappingDirective.allCases.map { "[`\($0.rawValue)`](#\($0.rawValue.dropFirst().lowercased()))" }
        )
        #expect(names("Liquid filters") == Set(LiquidFilter.allCases.map(\.rawValue)))
        #expect(names("Liquid filters off") == UnsupportedLiquid.disabledFilters)
        #expect(names("Liquid tags off") == UnsupportedLiquid.disabledTags)
        #expect(page.rows("adjustments").map { $0[0] } == Adjustment.Kind.allCases.map(\.rawValue))
        #expect(names("reserved names") == ContentOptions.reservedNames)
    }

    /// The checks above pass where nothing is found, so this one counts.
    @Test("Everything that is to be checked is found")
    func nothingIsOverlooked() {
        let page = DocumentedPage.mapping
        let examples = page.blocks("yaml example").map(\.text).joined()
        for directive in MappingDirective.allCases { #expect(examples.contains("\"\(directive.rawValue)\":")) }
        #expect(page.links.isSubset(of: page.anchors) && page.links.count >= 20)
        let known = [
            "yaml example", "yaml mappings", "yaml presets", "yaml refused", "text", "console", "sh", "json mappings",
        ]
        #expect(page.allBlocks.allSatisfy { known.contains($0.info) })
        #expect(page.blocks("yaml example").count >= 30 && page.blocks("yaml refused").count >= 2)
        #expect(page.blocks("yaml mappings").count >= 2 && page.blocks("json mappings").count == 1)
        #expect(page.rows("integrations").count >= 8 && page.rows("warned triggers").count >= 2)
        #expect(page.blocks("yaml presets").count == 1 && page.blocks("console").count >= 2)
        #expect(page.rows("trigger").count >= 40 && page.rows("coercion").count >= 30)
        #expect(page.rows("mapping").count >= 40 && page.rows("refused triggers").count >= 8)
    }
}

extension DocumentedExamplesTests {
    private func expect(_ mapping: JSONValue, of event: JSONValue, toGive expected: JSONValue) {
        do {
            let value = try EventMapping(compiling: mapping).resolve(event)
            #expect(expected["error"] == nil)
            if expected["undefined"] == true {
                #expect(value == nil)
            } else if let expected = expected["value"] {
                #expect(value?.isNumericallyEqual(to: expected) ?? false, "\(value?.jsonText ?? "undefined")")
            } else {
                Issue.record("the example says neither value, undefined nor error")
            }
        } catch {
            #expect("\(error)" == expected["error"]?.stringValue)
        }
    }

    /// As the page writes results: `no match`, `{METHOD path: body}` or `{fault: text}`.
    private static func json(_ results: [MappingResult]) -> JSONValue {
        .array(
            results.map { result in
                switch result.outcome {
                case .notMatched: "no match"
                case .request(let request): .object(["\(request.method) \(request.path)": .object(request.body)])
                case .invalid(let faults): ["fault": .string("\(faults)")]
                case .mappingFailed(let error): ["fault": .string("\(error)")]
                }
            }
        )
    }
}

/// Pages of documentation, as their checks see them: code blocks, tables below `<!-- checked: TITLE -->`, and the words
/// between code marks below `<!-- list: TITLE -->`.
struct DocumentedPage: Sendable {
    /// A code block; `info` is what stands behind its opening fence.
    struct Block: Sendable, CustomTestStringConvertible {
        let file: String
        let info: String
        let line: Int
        let text: String
        var testDescription: String { "\(file), line \(line)" }
    }

    /// A line of a table, without the code marks around its cells.
    struct Row: Sendable, CustomTestStringConvertible {
        let file: String
        let line: Int
        let cells: [String]
        subscript(index: Int) -> String { index < cells.count ? cells[index] : "" }
        var testDescription: String { "\(file), line \(line): \(cells.first ?? "")" }
    }

    static let mapping = DocumentedPage(files: [
        "reference/mapping-language.md", "reference/liquid.md", "reference/validation.md", "reference/entry-format.md",
        "how-to/write-mappings.md", "how-to/migrate-from-segment.md", "explanation/differences-from-segment.md",
    ])

    private(set) var allBlocks: [Block] = []
    /// The headings of these pages as `PAGE.md#ANCHOR`, and the ones that links between these pages go to.
    private(set) var anchors: Set<String> = []
    private(set) var links: Set<String> = []
    private var tables: [String: [Row]] = [:]
    private var lists: [String: [String]] = [:]

    private init(files: [String]) {
        for file in files { read(file) }
        let names = Set(files.map(Self.name(of:)))
        links = links.filter { names.contains(String($0.prefix { $0 != "#" })) }
    }

    private mutating func read(_ file: String) {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        // Without a page checks do not find enough, which the one that counts then says.
        let text = (try? String(contentsOf: root.appending(path: "docs/\(file)"), encoding: .utf8)) ?? ""
        var open: (info: String, line: Int, lines: [Substring])?
        var table: String?
        var head = 0
        var list: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    let text = block.lines.joined(separator: "\n")
                    allBlocks.append(Block(file: file, info: block.info, line: block.line, text: text))
                    open = nil
                } else {
                    open = (String(line.dropFirst(3)), index + 1, [])
                }
            } else if open != nil {
                open?.lines.append(line)
            } else if line.hasPrefix("<!-- checked: "), line.hasSuffix(" -->") {
                table = String(line.dropFirst(14).dropLast(4))
                head = 2
            } else if line.hasPrefix("<!-- list: "), line.hasSuffix(" -->") {
                list = String(line.dropFirst(11).dropLast(4))
            } else if let title = list {
                if line.isEmpty { list = nil }
                // Every second piece stands between code marks.
                let pieces = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                lists[title, default: []] += pieces.filter { $0.offset % 2 == 1 }.map { String($0.element) }
            } else if let title = table {
                if line.hasPrefix("|") {
                    head -= 1
                    // The first two lines of a table are its head.
                    if head < 0 {
                        let cells = Self.cells(of: line)
                        tables[title, default: []].append(Row(file: file, line: index + 1, cells: cells))
                    }
                } else {
                    table = nil
                }
            }
        }
        for heading in text.matches(of: /\n#+ (.+)/) {
            anchors.insert("\(Self.name(of: file))#\(Self.anchor(of: heading.output.1))")
        }
        for link in text.matches(of: /\]\(([^)#:\s]*)#([^)\s]+)\)/) {
            let target = link.output.1.isEmpty ? file : String(link.output.1)
            links.insert("\(Self.name(of: target))#\(link.output.2)")
        }
    }

    /// The last part of a path.
    private static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

    func blocks(_ info: String) -> [Block] { allBlocks.filter { $0.info == info } }

    func block(_ info: String, behind block: Block) -> Block? {
        allBlocks.first { $0.file == block.file && $0.line > block.line }.flatMap { $0.info == info ? $0 : nil }
    }

    func rows(_ title: String) -> [Row] { tables[title] ?? [] }

    func words(_ title: String) -> [String] { lists[title] ?? [] }

    /// As GitHub makes them: small letters, digits and hyphens.
    private static func anchor(of heading: Substring) -> String {
        String(heading.lowercased().map { $0 == " " ? "-" : $0 }.filter { $0.isLetter || $0.isNumber || $0 == "-" })
    }

    private static func cells(of line: Substring) -> [String] {
        line.replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false)
            .dropFirst().dropLast().map { cell in
                let text = cell.replacing("\u{0}", with: "|").trimmingCharacters(in: .whitespaces)
                let marks = text.hasPrefix("``") ? 2 : text.hasPrefix("`") ? 1 : 0
                return String(text.dropFirst(marks).dropLast(marks)).trimmingCharacters(in: .whitespaces)
            }
    }
}
