import JSON
import Loops
import Testing

@Suite struct CoercionTests {
    private func value(_ value: JSONValue, of field: String) throws -> JSONValue? {
        try LoopsAction.createOrUpdateContact.request(from: ["userId": "u", field: value]).body[field]
    }

    @Test(
        arguments: [
            ("x", "x"), (1, "1"), (1.5, "1.5"), (1e21, "1e+21"), (9_007_199_254_740_993, "9007199254740992"),
            (-0.0, "0"), (true, "true"),
            ([false], "false"), ([nil], ""), (["a"], "a"), (" ", " "), ("", nil), (nil, nil),
        ] as [(JSONValue, JSONValue?)]
    )
    func text(value: JSONValue, expected: JSONValue?) throws {
        #expect(try self.value(value, of: "firstName") == expected)
    }

    /// A number becomes a text, and a text a number.
    @Test(
        arguments: [
            ([1], "1"), ([1_697_105_472], "1697105472"), ([1.5], "1.5"), (["1697105472"], 1_697_105_472), (["1"], 1),
            ([" 2 "], 2), (["0x10"], 16), (["1.5"], 1.5), (["2023"], 2023),
        ] as [(JSONValue, JSONValue)]
    )
    func dateInAnArray(value: JSONValue, expected: JSONValue) throws {
        #expect(try self.value(value, of: "createdAt") == expected)
    }

    /// Of 64-bit numbers, JavaScript would make one person of many.
    @Test(
        arguments: [
            (653_247_040_368_672_769, "653247040368672769"), (9_007_199_254_740_993, "9007199254740993"),
            (-9_007_199_254_740_993, "-9007199254740993"), (.uint(.max), "18446744073709551615"),
            ([653_247_040_368_672_769], "653247040368672769"), (9_007_199_254_740_991, "9007199254740991"),
            (42.0, "42"),
        ] as [(JSONValue, JSONValue)]
    )
    func userIdsKeepTheirDigits(value: JSONValue, expected: JSONValue) throws {
        for action in LoopsAction.allCases where action.traits.fields.contains(where: \.isIdentity) {
            let fields: JSONObject = ["userId": value, "eventName": "e"]
            #expect(try action.request(from: fields).body["userId"] == expected)
        }
    }

    @Test(
        arguments: [
            (true, true), (false, false), ("true", true), ("false", false), (1, true), (0, false), (1.0, true),
            (-0.0, false), (["true"], true),
            ([0], false), ([nil], false), ("", nil), (nil, nil),
        ] as [(JSONValue, JSONValue?)]
    )
    func boolean(value: JSONValue, expected: JSONValue?) throws {
        #expect(try self.value(value, of: "subscribed") == expected)
    }

    @Test(
        arguments: [
            ("firstName", [], "type"), ("firstName", [1, 2], "type"), ("firstName", [:], "type"),
            ("firstName", [["a"]], "type"),
            ("subscribed", 2, "type"), ("subscribed", "TRUE", "type"), ("subscribed", "1", "type"),
            ("subscribed", [true, true], "type"),
            ("subscribed", [:], "type"), ("mailingLists", [], "type"), ("mailingLists", [["a": true]], "type"),
            ("mailingLists", "x", "type"),
            ("customAttributes", 5, "type"), ("createdAt", true, "format"), ("createdAt", "soon", "format"),
            ("createdAt", ["soon"], "type"), ("createdAt", [true], "format"), ("createdAt", [nil], "format"),
            ("createdAt", [""], "type"), ("createdAt", [[1]], "type"), ("createdAt", [1, 2], "type"),
            ("createdAt", [.double(.nan)], "type"), ("createdAt", [1e21], "format"),
            // A path that led nowhere, in an array.
            ("firstName", [.double(.nan)], "type"), ("subscribed", [.double(.nan)], "type"),
            ("email", [.double(.nan)], "type"),
            ("createdAt", [:], "type"), ("email", 5, "format"), ("email", "x", "format"), ("email", [nil], "format"),
            ("email", [:], "type"),
        ] as [(String, JSONValue, String)]
    )
    func refused(field: String, value: JSONValue, keyword: String) throws {
        let faults = try #require(throws: FieldErrors.self) { try self.value(value, of: field) }.faults
        #expect(faults.map { "\($0.path) \($0.keyword.rawValue)" } == ["/\(field) \(keyword)"])
    }

    @Test(arguments: [
        "a@b.co", "Ada.Lovelace+tag@Example.COM", "x@127.0.0.1", "!#$%&'*+/=?^_`{|}~-@y.co", "a@b-c.d", "1@2.3",
        "a@" + String(repeating: "b", count: 300) + ".c",
    ])
    func address(text: String) {
        #expect(EmailFormat.isAddress(text))
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.co", "a@b", "a@b.", "a@.co", "a@b..co", ".a@b.co", "a.@b.co", "a..b@b.co", "a@-b.co",
        "a@b-.co", "a b@c.de",
        "a@b.co ", " a@b.co", "a@b_c.de", "a@b@c.de", "ü@b.co", "a@bü.co", "\u{212a}@b.co", "a\n@b.co", "a@b.co\n",
        "\"a\"@b.co", "a@[1.2.3.4]",
        "a(b)@c.de", "a,b@c.de",
    ])
    func noAddress(text: String) {
        #expect(!EmailFormat.isAddress(text))
    }
}
