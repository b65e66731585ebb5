import DevKit
import JSON
import Segment
import Support
import Testing

@Suite struct TriggerPropertyTests {
    private static let fields = [
        "type", "event", "name", "userId", "properties.a", "properties.b.c", "traits.plan", "context.page",
    ]
    private static let texts = ["track", "identify", "x", "", "1", "pro", "ab", "true", "null"]
    private static let comparisons = ["=", "!=", "<", "<=", ">", ">="]

    @Test(arguments: 0..<8)
    func theCompiledTriggerAnswersAsTheNaiveOne(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let text = Self.trigger(depth: 0, using: &generator)
            let compiled = try Trigger(parsing: text)
            let naive = NaiveTrigger(text)
            for _ in 0..<4 {
                let event = Self.event(using: &generator)
                #expect(compiled.matches(event) == naive.matches(event), "\(text) on \(event)")
            }
        }
    }

    /// Nothing that is written into a mappings file may stop the program.
    @Test(arguments: 0..<8)
    func anyTextIsParsedOrRefused(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let words =
            Self.fields + Self.comparisons
            + [
                "(", ")", "and", "or", "!", "contains", "match", ",", "\"a*\"", "'b'", "1", "-", "null", ".", "[", "\\",
                "ü", "\"",
            ]
        for _ in 0..<1_000 {
            let text = (0..<Int.random(in: 0...14, using: &generator))
                .map { _ in words.randomElement(using: &generator) ?? "" }
                .joined(separator: Bool.random(using: &generator) ? " " : "")
            do throws(TriggerError) {
                _ = try Trigger(parsing: text).matches(Self.event(using: &generator))
            } catch {
                #expect((1...(text.unicodeScalars.count + 1)).contains(error.column), "\(text): \(error)")
            }
        }
    }

    /// Conditions joined by one conjunction, with groups one level deep: as deep as Segment reads.
    private static func trigger(depth: Int, using generator: inout SplitMix64) -> String {
        let conjunction = Bool.random(using: &generator) ? " and " : " or "
        return (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            if depth == 0, Int.random(in: 0..<4, using: &generator) == 0 {
                return "(" + trigger(depth: 1, using: &generator) + ")"
            }
            return condition(using: &generator)
        }.joined(separator: conjunction)
    }

    private static func condition(using generator: inout SplitMix64) -> String {
        let field = fields.randomElement(using: &generator) ?? ""
        let text = texts.randomElement(using: &generator) ?? ""
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return "\(Bool.random(using: &generator) ? "!" : "")contains(\(field), \"\(text)\")"
        case 1:
            let pattern = Bool.random(using: &generator) ? "*\(text)" : "\(text)*"
            return "\(Bool.random(using: &generator) ? "!" : "")match(\(field), \"\(pattern)\")"
        default:
            let operand =
                ["\"\(text)\"", "1", "-2.5", "0", "true", "false", "null"].randomElement(using: &generator) ?? ""
            return "\(field) \(comparisons.randomElement(using: &generator) ?? "=") \(operand)"
        }
    }

    private static func event(using generator: inout SplitMix64) -> JSONValue {
        func leaf() -> JSONValue {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: .null
            case 1: .bool(Bool.random(using: &generator))
            case 2: .int(Int64.random(in: -3...3, using: &generator))
            case 3: .double(2.5)
            case 4: .array([1, "x"])
            default: .string(texts.randomElement(using: &generator) ?? "")
            }
        }
        func some(_ value: JSONValue) -> JSONValue? {
            Int.random(in: 0..<4, using: &generator) == 0 ? Optional.none : .some(value)
        }
        var event = JSONObject()
        for name in ["type", "event", "name", "userId"] { event[name] = some(leaf()) }
        event["properties"] = some(["a": leaf(), "b": some(["c": leaf()]) ?? leaf()]) ?? leaf()
        event["traits"] = some(["plan": leaf()])
        event["context"] = some(["page": leaf()])
        return .object(event)
    }
}
