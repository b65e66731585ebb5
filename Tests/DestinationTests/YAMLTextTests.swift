import JSON
import Support
import Testing

@testable import Destination

@Suite("What is written as YAML is read as the same")
struct YAMLTextTests {
    private static func read(_ object: JSONObject) throws -> JSONValue? {
        let text = "list:\n" + YAMLText.element(object, indentation: 2)
        return try MappingsDocument(bytes: Array(text.utf8)).root["list"]?.arrayValue?.first
    }

    @Test(
        "Texts that YAML could take for something else",
        arguments: [
            "", " ", "a", "null", "Null", "true", "no", "~", "1", "-1", "1e5", ".5", "- a", "a: b", "a #b", "#",
            "@path",
            "a\nb", "a\r\nb", "\t", "\u{85}", "\u{2028}", "\u{FEFF}x", "\u{0}", "\u{7F}", "é", "😀", "\u{E0001}", "'",
            "\"",
            "\\", "{", "[a]", "*a", "&a", "!a", "%a", "|", ">", "?", "a ", "$.x", "type = \"track\"", "<<", "=", "a,b",
        ]
    )
    func text(_ text: String) throws {
        let object: JSONObject = [
            "first": "x", text: .string(text), "list": [.string(text), [.string(text)], ["@path": .string(text)]],
        ]
        // The merge key is no key.
        guard text != "<<" else {
            #expect(throws: MappingsFileFaults.Fault.self) { try Self.read(object) }
            return
        }
        #expect(try Self.read(object) == .object(object), "\(YAMLText.element(object, indentation: 2))")
        let comment = YAMLText.comment(text)
        #expect(comment.unicodeScalars.last == "\n" && !comment.unicodeScalars.dropLast().contains("\n"))
        #expect(try MappingsDocument(bytes: Array((comment + "a: 1\n").utf8)).root == ["a": 1])
    }

    @Test("A key that is longer than YAML takes without a mark")
    func longKey() throws {
        let object: JSONObject = ["first": 1, String(repeating: "k", count: 3000): ["@path": "$.x"], "last": [:]]
        #expect(try Self.read(object) == .object(object))
    }

    @Test("Random values", arguments: 0..<200 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var object: JSONObject = ["name": "n"]
        for number in 0..<4 { object["k\(number)"] = Self.value(&random, depth: 0) }
        #expect(try Self.read(object) == .object(object), "\(YAMLText.element(object, indentation: 2))")
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64.random(in: .min ... .max, using: &random))
        case 3: return .double(Double(Int.random(in: -1000...1000, using: &random)) + 0.5)
        case 4: return .string(text(&random))
        case 5:
            var elements: [JSONValue] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) { elements.append(value(&random, depth: depth + 1)) }
            return .array(elements)
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                object[text(&random) + "k"] = value(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let symbols = Array("ab1 -:#,[]{}&*!|>'\"%@`\\\n\t\u{85}\u{2028}é$.?~".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &random) { text.append(symbols.randomElement(using: &random) ?? "a") }
        return String(text)
    }
}
