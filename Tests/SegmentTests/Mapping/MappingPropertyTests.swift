import DevKit
import JSON
import Segment
import Support
import Testing

/// No mapping and no event may stop the program, and the same ones always give the same.
@Suite struct MappingPropertyTests {
    @Test(arguments: 0..<8)
    func anyMappingIsCompiledOrRefused(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<600 {
            let mapping = Self.mapping(depth: 0, using: &generator)
            let event = JSONValue.object([
                "traits": Self.value(depth: 0, using: &generator), "x": Self.value(depth: 0, using: &generator),
            ])
            #expect(Self.outcome(mapping, event) == Self.outcome(mapping, event))
        }
    }

    /// Compiled once or for each event, with the keys of the event in another order: the same.
    @Test(arguments: 0..<4)
    func theOrderOfKeysDoesNotMatter(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let paths = ["$.a.b", "$.b", "$.a", "$.c[0]", "$.missing", "$.a.c.d"]
        for _ in 0..<300 {
            let mapping = JSONValue.object(
                JSONObject(paths.shuffled(using: &generator).map { ($0, ["@path": .string($0)]) })
            )
            let event = Self.object(depth: 0, using: &generator)
            let shuffled = JSONObject(event.shuffled(using: &generator).map { ($0.key, $0.value) })
            let compiled = try EventMapping(compiling: mapping)
            #expect(try compiled.resolve(.object(event)) == compiled.resolve(.object(shuffled)))
        }
    }

    private static func outcome(_ mapping: JSONValue, _ event: JSONValue) -> String {
        do {
            return try EventMapping(compiling: mapping).resolve(event)?.jsonText ?? "undefined"
        } catch {
            return "\(error)"
        }
    }

    private static let names = [
        "@path", "@template", "@if", "@case", "@replace", "@arrayPath", "@merge", "@json", "@flatten", "@transform",
        "@literal", "@excludeWhenNull", "@liquid", "@unknown", "plain", "__segment_internal_directive",
    ]
    private static let options = [
        "exists", "blank", "then", "else", "operator", "value", "pattern", "replacement", "objects", "direction",
        "mode",
        "separator", "apply", "mapping", "omitArrays", "global",
    ]
    private static let texts = [
        "$.traits", "$.x[0]", "{{x}}", "{{{traits}}}", "upper", "lower", "encode", "decode", "left", "right", "_", "",
        "[1,{}]", "😀",
    ]

    private static func mapping(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        let kind = Int.random(in: 0..<(depth > 5 ? 2 : 6), using: &generator)
        switch kind {
        case 0: return .string(texts.randomElement(using: &generator) ?? "")
        case 1: return [JSONValue.null, true, false, 0, 5, 1.5].randomElement(using: &generator) ?? .null
        case 2:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in mapping(depth: depth + 1, using: &generator) }
            )
        case 3:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                        (options.randomElement(using: &generator) ?? "", mapping(depth: depth + 1, using: &generator))
                    }
                )
            )
        default:
            return .object([names.randomElement(using: &generator) ?? "": mapping(depth: depth + 1, using: &generator)])
        }
    }

    private static func object(depth: Int, using generator: inout SplitMix64) -> JSONObject {
        JSONObject(
            ["a", "b", "c", "d", "0", "length"].map { ($0, value(depth: depth + 1, using: &generator)) }
        )
    }

    private static func value(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 6 : 8), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .int(Int64.random(in: -5...5, using: &generator))
        case 3: .double(1e21)
        case 4, 5: .string(texts.randomElement(using: &generator) ?? "")
        case 6: .array([value(depth: depth + 1, using: &generator), value(depth: depth + 1, using: &generator)])
        default: .object(object(depth: depth, using: &generator))
        }
    }
}
