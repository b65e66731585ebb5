import JSON
import Testing

@Suite("JSON parser")
struct ParserTests {
    @Test(
        "keeps the kinds of numbers apart",
        arguments: [
            ("0", .int(0)), ("-1", .int(-1)), ("9007199254740993", .int(9_007_199_254_740_993)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .uint(9_223_372_036_854_775_808)), ("18446744073709551615", .uint(.max)),
            ("18446744073709551616", .double(18_446_744_073_709_551_616)),
            ("-9223372036854775809", .double(-0x1p63)),
            ("1.0", .double(1)), ("1e0", .double(1)), ("-0.0", .double(0)), ("0.1", .double(0.1)),
            ("123.456e-2", .double(1.23456)), ("1E+2", .double(100)), ("0e5", .double(0)),
            ("1e400", .double(.infinity)), ("-1e400", .double(-.infinity)), ("1e-400", .double(0)),
            ("0.1e99999999999999999999", .double(.infinity)), ("1e-99999999999999999999", .double(0)),
            ("2.2250738585072011e-308", .double(.leastNormalMagnitude.nextDown)),
            ("0.30000000000000004441", .double(0.30000000000000004)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ] as [(String, JSONValue)]
    )
    func numbers(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test("reads -0 as the negative zero")
    func negativeZero() throws {
        let value = try JSONParser.parse("-0")
        guard case .double(let number) = value else { throw JSONTestFailure.wrongKind }
        #expect(number.sign == .minus)
        #expect(value.jsonText == "0")
    }

    @Test(
        "decodes strings",
        arguments: [
            (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u0041\u00e9\u20AC\uD83D\ude00""#, "Aé€😀"), (#""\u0000""#, "\0"),
            (
                #""plain text longer than sixteen bytes, é😀 and more""#,
                "plain text longer than sixteen bytes, é😀 and more"
            ),
            (#""é\n😀""#, "é\n😀"), (#""\ud800""#, "\u{fffd}"), (#""\udc00""#, "\u{fffd}"),
            (#""\ud800x""#, "\u{fffd}x"), (#""\ud800\n""#, "\u{fffd}\n"), (#""\ud800\u0041""#, "\u{fffd}A"),
            (#""\ud800\ud83d\ude00""#, "\u{fffd}😀"), ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"),
        ]
    )
    func strings(text: String, value: String) throws {
        guard case .string(let parsed) = try JSONParser.parse(text) else { throw JSONTestFailure.wrongKind }
        #expect(Array(parsed.utf8) == Array(value.utf8))
    }

    @Test("takes whitespace around every token")
    func whitespace() throws {
        let text = " \t\r\n{ \"a\" : [ 1 , true , null , { } , [ ] ] , \"b\" : false } \n"
        #expect(try JSONParser.parse(text) == ["a": [1, true, nil, [:], []], "b": false])
    }

    @Test("keeps the last value and the first position of a duplicate key")
    func duplicates() throws {
        let value = try JSONParser.parse(#"{"a":1,"b":2,"a":3,"\u0061":4}"#)
        #expect(value.jsonText == #"{"a":4,"b":2}"#)
    }

    @Test("keeps keys apart that only Unicode calls equivalent")
    func canonicalEquivalents() throws {
        let value = try JSONParser.parse(#"{"\u00e9":1,"e\u0301":2}"#)
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{e9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(try JSONParser.parse(#""\u00e9""#) != JSONParser.parse(#""e\u0301""#))
    }

    @Test("parses bytes, text, spans and buffers alike")
    func entrances() throws {
        let bytes = Array(#"{"a":[1]}"#.utf8)
        let expected: JSONValue = ["a": [1]]
        #expect(try JSONParser.parse(bytes) == expected)
        #expect(try JSONParser.parse(#"{"a":[1]}"#) == expected)
        #expect(try JSONParser.parse(bytes.span.bytes) == expected)
        #expect(try bytes.withUnsafeBytes { try JSONParser.parse($0) } == expected)
    }
}

enum JSONTestFailure: Error { case wrongKind }
