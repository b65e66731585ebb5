import JSON
import Testing

@Suite("JSON writer")
struct WriterTests {
    @Test("writes the escapes of JSON.stringify and no others")
    func escapes() {
        let text = "\u{8}\u{c}\n\r\t\"\\/\0\u{1}\u{1f}\u{b}\u{7f}\u{2028}\u{2029}é😀"
        let expected = #""\b\f\n\r\t\"\\/\u0000\u0001\u001f\u000b"# + "\u{7f}\u{2028}\u{2029}é😀\""
        #expect(JSONValue.string(text).jsonText == expected)
        #expect(JSONValue.object(["a\"b": 1]).jsonText == #"{"a\"b":1}"#)
    }

    @Test("escapes what a reader would not see, when asked to, and it means the same")
    func invisible() throws {
        let text = "a\u{7f}\u{85}\u{200b}\u{200d}\u{202e}\u{2066}\u{2028}\u{feff}\u{ad}\u{e0041}\u{3164}\n\"\\é😀❤️\u{1b}"
        let written = JSONValue.object([text: .string(text)]).visibleText
        let escaped = #"a\u007f\u0085\u200b\u200d\u202e\u2066\u2028\ufeff\u00ad\udb40\udc41\u3164\n\"\\é😀❤️\u001b"#
        #expect(written == "{\"\(escaped)\":\"\(escaped)\"}")
        #expect(try JSONParser.parse(written) == .object([text: .string(text)]))
        #expect(JSONValue.string("plain \n \u{1}").visibleText == JSONValue.string("plain \n \u{1}").jsonText)
    }

    @Test("writes every kind")
    func kinds() {
        let value: JSONValue = [
            nil, true, false, -1, .int(.min), .int(.max), .uint(.max), 1.0, 2.5, -0.0, .double(.nan),
            .double(.infinity),
            "", [], [:], ["z": 1, "a": [2]],
        ]
        #expect(
            value.jsonText
                == "[null,true,false,-1,-9223372036854775808,9223372036854775807,18446744073709551615,1,2.5,0,null,null,"
                + "\"\",[],{},{\"z\":1,\"a\":[2]}]"
        )
    }

    @Test("indents by two spaces as JSON.stringify(value, null, 2)")
    func pretty() {
        let value: JSONValue = ["a": [1, [:], []], "b": ["c": nil]]
        let expected = """
            {
              "a": [
                1,
                {},
                []
              ],
              "b": {
                "c": null
              }
            }
            """
        #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) == expected)
    }

    @Test("appends without touching what is there")
    func append() {
        var bytes = Array("data: ".utf8)
        JSONValue.array([1]).append(to: &bytes)
        #expect(bytes == Array("data: [1]".utf8))
    }

    @Test("puts array indices first, ascending, when asked for JavaScript's key order")
    func javaScriptKeyOrder() throws {
        let text = #"{"b":0,"10":1,"2":2,"01":3,"4294967294":4,"4294967295":5,"-1":6,"0":{"y":7,"1":8},"1.5":9,"":10}"#
        let value = try JSONParser.parse(text)
        let ordered =
            #"{"0":{"1":8,"y":7},"2":2,"10":1,"4294967294":4,"b":0,"01":3,"4294967295":5,"-1":6,"1.5":9,"":10}"#
        #expect(String(decoding: value.serialized(javaScriptKeyOrder: true), as: UTF8.self) == ordered)
        #expect(value.jsonText == text)
    }

    @Test("writes integers through Double when asked for JavaScript's numbers")
    func javaScriptNumbers() {
        let value: JSONValue = [.int(9_007_199_254_740_993), .uint(.max), 7]
        #expect(value.serialized(javaScriptNumbers: true) == Array("[9007199254740992,18446744073709552000,7]".utf8))
        #expect(value.jsonText == "[9007199254740993,18446744073709551615,7]")
    }
}
