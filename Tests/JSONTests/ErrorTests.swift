import JSON
import Testing

@Suite("JSON errors")
struct ErrorTests {
    @Test(
        "name the place and the reason",
        arguments: [
            ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[1", 2, .unexpectedEnd),
            ("{\"a\"", 4, .unexpectedEnd),
            ("\"abc", 4, .unexpectedEnd), ("\"abc\\", 5, .unexpectedEnd), ("tru", 3, .unexpectedEnd),
            ("-", 1, .unexpectedEnd), ("1.", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd),
            ("+1", 0, .unexpectedByte(0x2b, expected: .value)), ("nul!", 3, .unexpectedByte(0x21, expected: .value)),
            ("[1,]", 3, .unexpectedByte(0x5d, expected: .value)),
            ("[1 2]", 3, .unexpectedByte(0x32, expected: .commaOrArrayEnd)),
            ("{1}", 1, .unexpectedByte(0x31, expected: .keyOrEnd)),
            ("{\"a\":1,}", 7, .unexpectedByte(0x7d, expected: .key)),
            ("{\"a\" 1}", 5, .unexpectedByte(0x31, expected: .colon)),
            ("{\"a\":1 \"b\"}", 7, .unexpectedByte(0x22, expected: .commaOrObjectEnd)),
            ("\u{feff}1", 0, .byteOrderMark), ("\"\\x\"", 1, .invalidEscape), ("\"\\u12g4\"", 1, .invalidEscape),
            ("\"a\nb\"", 2, .controlCharacter(0x0a)), ("01", 1, .invalidNumber), ("-a", 1, .invalidNumber),
            ("1.e1", 2, .invalidNumber), ("1 2", 2, .trailingContent),
            ("NaN", 0, .unexpectedByte(0x4e, expected: .value)),
        ] as [(String, Int, JSONError.Reason)]
    )
    func place(text: String, offset: Int, reason: JSONError.Reason) throws {
        let error = try #require(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error.offset == offset)
        #expect(error.reason == reason)
    }

    @Test("refuse bytes that are not UTF-8, at the first of them")
    func invalidUTF8() throws {
        let sequences: [[UInt8]] = [
            [0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbf],
            [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xc3, 0x28],
        ]
        for sequence in sequences {
            for escape in ["", "\\n"] {
                let bytes = Array("[\"é\(escape)".utf8) + sequence + Array("\"]".utf8)
                let error = try #require(throws: JSONError.self) { try JSONParser.parse(bytes) }
                #expect(error.reason == .invalidUTF8)
                #expect(error.offset == 4 + escape.utf8.count)
            }
        }
    }

    @Test("count lines and columns from 1, columns in Unicode scalars")
    func lineAndColumn() throws {
        let error = try #require(throws: JSONError.self) { try JSONParser.parse("{\n  \"é😀\": oops\n}") }
        #expect(error.line == 2)
        #expect(error.column == 9)
        #expect(error.description == "line 2, column 9 (byte 14): 'o' where a value is expected")
    }

    @Test("refuse a text longer than the limit, not one as long")
    func bytesLimit() throws {
        #expect(try JSONParser.parse("[10]", limits: .init(bytes: 4)) == [10])
        let error = try #require(throws: JSONError.self) { try JSONParser.parse("[100]", limits: .init(bytes: 4)) }
        #expect(error.reason == .tooLarge(limit: 4))
    }

    @Test("refuse one level more than the limit", arguments: ["[", "{\"a\":"])
    func depthLimit(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + (opening == "[" ? "" : "1")
                + String(repeating: closing, count: depth)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(512)) }
        let error = try #require(throws: JSONError.self) { try JSONParser.parse(nested(513)) }
        #expect(error.reason == .tooDeep(limit: 512))
        #expect(error.offset == 512 * opening.utf8.count)
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: opening, count: 100_000)) }
        #expect(throws: JSONError.self) { try JSONParser.parse("[]", limits: .init(depth: 0)) }
    }
}
