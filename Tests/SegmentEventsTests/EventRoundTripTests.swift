import JSON
import Segment
import SegmentEvents
import Support
import Testing

@Suite("Whatever an event holds, the bridge reads the same")
struct EventRoundTripTests {
    @Test("Random values", arguments: 0..<300 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let properties = Self.object(&random, depth: 0)
        let event = try Event(.track("E", properties: properties), of: .user("u"), messageID: MessageID("m"))
        let entry = EventEncodingTests.decoded(event.command())
        let read = try #require(entry.events.first?.json["properties"])
        #expect(read.isNumericallyEqual(to: Self.json(.object(properties))), "\(event.json)")
    }

    private static func object(_ random: inout SplitMix64, depth: Int) -> [String: Value] {
        var members: [String: Value] = [:]
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            members[text(&random)] = value(&random, depth: depth + 1)
        }
        return members
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> Value {
        switch Int.random(in: 0..<(depth < 5 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3:
            let number = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
            return .number(number.isFinite ? number : 0.1)
        case 4: return .text(text(&random))
        case 5:
            var elements: [Value] = []
            for _ in 0..<Int.random(in: 0...4, using: &random) { elements.append(value(&random, depth: depth + 1)) }
            return .list(elements)
        default: return .object(object(&random, depth: depth))
        }
    }

    /// Characters that writers get wrong are as frequent as all others together.
    private static func text(_ random: inout SplitMix64) -> String {
        let special = Array("\"\\/\u{0}\u{8}\n\u{1F}\u{7F}\u{85}\u{2028}\u{FEFF}'{}[]:,$@".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) ?? "x"
            text.append(Bool.random(using: &random) ? special.randomElement(using: &random) ?? "x" : scalar)
        }
        return String(text)
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .int(number)
        case .number(let number): .double(number)
        case .text(let text): .string(text)
        case .list(let elements): .array(elements.map(json))
        case .object(let members): .object(JSONObject(members.map { ($0.key, json($0.value)) }))
        }
    }
}
