import DevKit
import RedisStreams

/// Entries of all shapes that producers make, and some that nobody should. The same seed gives the same entries.
struct RandomEntries {
    private var random: SplitMix64
    /// Whether the entry has no escapes, but braces and names inside strings: what may be read without being decoded, and what looks like it.
    private var isPlain = false

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next() -> [StreamField] {
        isPlain = chance(1, of: 2)
        var fields =
            switch pick(0..<10) {
            case 0..<5: [StreamField(one(Self.fieldNames), surrounded(document()))]
            case 5..<8: flat()
            case 8: candidates()
            default: [StreamField("seq", "1")] + flat() + candidates()
            }
        if chance(1, of: 12) {
            let index = pick(0..<fields.count)
            var value = fields[index].value
            if !value.isEmpty { value[pick(0..<value.count)] = UInt8.random(in: 0...255, using: &random) }
            fields[index] = StreamField(name: fields[index].name, value: value)
        }
        return fields
    }

    // MARK: Shapes

    private static let fieldNames = ["event", "data", "payload", "message", "json", "body", "x", "type", ""]

    private mutating func candidates() -> [StreamField] {
        (0..<pick(1..<4)).map { _ in
            let value = chance(1, of: 3) ? one(["Signed Up", "", "[1]", "{", "null"]) : surrounded(document())
            return StreamField(one(Self.fieldNames), value)
        }
    }

    private mutating func flat() -> [StreamField] {
        var fields: [StreamField] = []
        if !chance(1, of: 15) { fields.append(StreamField("type", one(["track", "identify", "", "é"]))) }
        for _ in 0..<pick(0..<7) {
            switch pick(0..<5) {
            case 0...1:
                let name = one(["userId", "anonymousId", "email", "é", "e\u{301}", "traits.email", "batch", "a"])
                fields.append(StreamField(name, one(["", "u", "42", "42.0", " ", "ü", "😀", "\u{0}", "null"])))
            case 2: fields.append(StreamField("event", one(["Signed Up", "", "[", "E"])))
            default:
                let name = one(["traits", "properties", "context", "integrations"])
                fields.append(StreamField(name, chance(1, of: 5) ? one(["", " ", "[]", "x"]) : surrounded(object(1))))
            }
        }
        if fields.isEmpty { fields.append(StreamField("type", "track")) }
        fields.shuffle(using: &random)
        return fields
    }

    private mutating func document() -> String {
        switch pick(0..<20) {
        case 0: value(0)
        case 1...5: batch()
        default: event()
        }
    }

    private mutating func event() -> String {
        var members: [String] = []
        if !chance(1, of: 20) { members.append(member(#""type""#, chance(1, of: 20) ? value(2) : #""track""#)) }
        for _ in 0..<pick(0..<6) { members.append(member(key(), value(0))) }
        if chance(1, of: 2) { members.append(member(#""userId""#, contact())) }
        if chance(1, of: 3) { members.append(member(#""traits""#, "{" + member(#""email""#, contact()) + "}")) }
        members.shuffle(using: &random)
        return braced(members)
    }

    private mutating func batch() -> String {
        let same = contact()
        let events = (0..<pick(0..<4)).map { _ -> String in
            switch pick(0..<12) {
            case 0: event()
            case 1: value(1)
            case 2: braced([member(#""type""#, #""track""#)])
            default: braced([member(#""type""#, #""track""#), member(#""userId""#, same)])
            }
        }
        var members = [member(#""batch""#, chance(1, of: 12) ? value(1) : "[" + events.joined(separator: ",") + "]")]
        if chance(1, of: 4) { members.append(member(#""context""#, object(1))) }
        if chance(1, of: 6) { members.append(member(#""type""#, value(2))) }
        if chance(1, of: 6) { members.append(member(#""userId""#, contact())) }
        members.shuffle(using: &random)
        return braced(members)
    }

    // MARK: JSON

    private static let keys = [
        "userId", "traits", "properties", "context", "anonymousId", "email", "type", "batch", "a", "b", "", "é",
        "e\u{301}", #"\u0065mail"#, #"user\u0049d"#, "K", "\u{212a}", "0", #"\ud83d"#,
    ]

    private static let numbers = [
        "0", "-0", "42", "42.0", "4.2e1", "420e-1", "1e3", "1E+3", "-5", "-5.0", "0.5", "12e-1", "100e-2", "1e15",
        "1e16", "1e-400", "1e400", "-1e400", "-0.0", "5e-324", "4.35", "9007199254740991", "9007199254740992",
        "9007199254740993", "-9007199254740991", "-9007199254740993", "9007199254740991.0", "9007199254740991.4",
        "9007199254740991.5", "90071992547409910e-1", "18446744073709551615", "18446744073709551616",
        "123456789012345678901234567890", "1.0000000000000000000001", "0.99999999999999999999",
        "0.00000000000000000000000000000000000000042e40", "9223372036854775807", "-9223372036854775808",
    ]

    private static let pieces = [
        "a", "b", "é", "e\u{301}", "😀", "中", " ", "\u{2028}", "\u{7f}", "\u{feff}", "@x.de", #"\u00e9"#, #"\u0000"#,
        #"\ud83d\ude00"#, #"\uD83D"#, #"\uDE00"#, #"\ud83d\uD83D\ude00"#, #"\ud83d\u0061"#, #"\\"#, #"\""#, #"\/"#,
        #"\n"#, #"\b\f\r\t"#, #"\\ud83d"#, #"\\\ud83d"#,
    ]

    private static let plainKeys = keys.filter { !$0.contains("\\") }
    private static let plainPieces =
        pieces.filter { !$0.contains("\\") } + ["{", "}", "[", "}}", ",", ":", "userId", "traits", "u1"]

    private static let invalid = [
        #""\x""#, #""\u12""#, "\"\u{1}\"", "01", "+1", "0x10", "NaN", "-", "1.", ".5", "'a'", "tru",
    ]

    private mutating func contact() -> String {
        switch pick(0..<10) {
        case 0...3: string()
        case 4...7: one(Self.numbers)
        case 8: one(["null", "true", "\"\"", "[]", "{}", #"["u"]"#, #"{"userId":"u"}"#])
        default: value(1)
        }
    }

    private mutating func value(_ depth: Int) -> String {
        if chance(1, of: 150) { return one(Self.invalid) }
        switch pick(0..<(depth < 3 ? 10 : 6)) {
        case 0...2: return string()
        case 3...4: return one(Self.numbers)
        case 5: return one(["null", "true", "false", "\"\""])
        case 6: return "[" + (0..<pick(0..<3)).map { _ in value(depth + 1) }.joined(separator: ",") + "]"
        default: return object(depth + 1)
        }
    }

    private mutating func object(_ depth: Int) -> String {
        braced((0..<pick(0..<4)).map { _ in member(key(), value(depth)) })
    }

    private mutating func string() -> String {
        "\"" + (0..<pick(1..<4)).map { _ in one(isPlain ? Self.plainPieces : Self.pieces) }.joined() + "\""
    }

    private mutating func key() -> String { "\"" + one(isPlain ? Self.plainKeys : Self.keys) + "\"" }

    private mutating func member(_ key: String, _ value: String) -> String { key + space() + ":" + space() + value }

    private mutating func braced(_ members: [String]) -> String {
        "{" + space() + members.joined(separator: "," + space()) + space() + "}"
    }

    private mutating func space() -> String { chance(1, of: 6) ? one([" ", "\t", "\n", "\r\n"]) : "" }

    private mutating func surrounded(_ text: String) -> String {
        if chance(1, of: 60) { return one(["\u{feff}", "\u{c}", "x"]) + text }
        if chance(1, of: 60) { return text + one(["x", ",", "\u{0}", "{}"]) }
        return space() + text + space()
    }

    // MARK: Dice

    private mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ count: Int, of total: Int) -> Bool { pick(0..<total) < count }
    private mutating func one(_ texts: [String]) -> String { texts[pick(0..<texts.count)] }
}
