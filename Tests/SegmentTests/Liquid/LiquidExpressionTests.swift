import Testing

@testable import Segment

@Suite("Liquid expressions")
struct LiquidExpressionTests {
    static let event = #"""
        {"s": "abc", "n": 3, "z": 0, "f": 2.5, "t": true, "no": false, "nul": null, "e": "", "a": [1, "x", null, [2, 3]],
         "ea": [], "o": {"k": "v", "x y": 1, "size": 9, "in": {"d": [10, 20]}}, "eo": {}, "key": "k", "b": " \n",
         "d-e": 1, "q?": 2, "é": 3, "big": 12345678901234567890, "1": "one", "size2": {"a": 1, "b": 2}}
        """#

    @Test(
        "literals",
        arguments: [
            LiquidCase("{{ 1 }} {{ -2.50 }} {{ +3 }} {{ 1. }}", "1 -2.5 3 1"),
            LiquidCase("{{ true }} {{ false }} [{{ nil }}{{ null }}{{ empty }}{{ blank }}]", "true false []"),
            LiquidCase(#"{{ 'a"b' }}{{ "c'd" }}{{ 'e\'f' }}{{ "g\"h" }}"#, #"a"bc'de'fg"h"#),
            LiquidCase(#"{{ "\n\t\\\x\u00e9\101\ud83d\ude00" }}"#, "\n\t\\xéA😀"),
            LiquidCase("{{ (1..3) }} {{ (n..5) | join: ',' }} {{ (3..1) | size }}", "123 3,4,5 0"),
            LiquidCase("{{ '}}' }}", "}}"),
            LiquidCase("{{ big }} {{ 1e3 }}", "12345678901234567000 "),
        ]
    )
    func literals(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test(
        "property access",
        arguments: [
            LiquidCase("{{ o.k }}{{ o['k'] }}{{ o[\"k\"] }}{{ o[key] }}", "vvvv"),
            LiquidCase("{{ o['x y'] }}{{ o.in.d[1] }}{{ o.in['d'].first }}", "12010"),
            LiquidCase("{{ a[0] }}{{ a[1] }}{{ a[-1] }}{{ a[-1][0] }}{{ a.last[1] }}", "1x2323"),
            LiquidCase("[{{ a[9] }}{{ a[-9] }}{{ a[0.5] }}{{ a.x }}{{ nope.x.y }}{{ nul.x }}{{ s.x.y }}]", "[]"),
            LiquidCase("{{ a.size }}{{ a.length }}{{ s.size }}{{ o.size }}{{ size2.size }}{{ ea.size }}", "443920"),
            LiquidCase("{{ a.first }}{{ a.last }}[{{ s.first }}]{{ s[0] }}{{ s[2] }}[{{ s[3] }}]", "123[]ac[]"),
            LiquidCase("{{ d-e }}{{ q? }}{{ é }}{{ a.0 }}{{ [key].x }}{{ ['s'] }}", "1231abc"),
            LiquidCase("{{ (1..3).size }}{{ 'abc'.size }}{{ 'abc'[1] }}", "33b"),
            LiquidCase("{{ size }}[{{ first }}]", "0[]"),
            LiquidCase("{{ .s }}{{ nul != nil.x }}{{ (1...1) | json }}", "abctrue[]"),
        ]
    )
    func properties(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test(
        "comparisons convert as JavaScript does, equality does not",
        arguments: [
            ("n == 3", true), ("n == '3'", false), ("n != 3", false), ("s == 'abc'", true), ("t == true", true),
            ("z == false", false), ("nul == nil", true), ("nope == nil", true), ("nul == nope", false),
            ("nope == nope", true), ("n > 2", true), ("n >= 3", true), ("n < '10'", true), ("'10' < '9'", true),
            ("'10' < 9", false), ("s > 1", false), ("s < 1", false), ("nul >= 0", true), ("nope >= 0", false),
            ("nil >= 0", false), ("t > 0", true), ("f <= 2.5", true), ("a == a", true), ("ea == o", false),
            ("o == o", true), ("o != o", false), ("(1..2) == (1..2)", true), ("a contains 'x'", true),
            ("a contains 1", true),
            ("a contains '1'", false), ("s contains 'bc'", true), ("s contains ''", true), ("s contains n", false),
            ("'a3' contains n", true), ("o contains 'k'", false), ("nope contains 'x'", false),
        ]
    )
    func comparisons(_ condition: String, _ expected: Bool) throws {
        try LiquidCase("{{ \(condition) }}", "\(expected)", event: Self.event).check()
    }

    @Test(
        "empty and blank",
        arguments: [
            ("e == empty", true), ("ea == empty", true), ("eo == empty", true), ("nul == empty", false),
            ("nope == empty", false), ("b == empty", false), ("empty == empty", false), ("s != empty", true),
            ("e == blank", true), ("b == blank", true), ("nul == blank", true), ("no == blank", true),
            ("z == blank", false), ("ea == blank", true), ("empty < 1", false), ("s == blank", false),
        ]
    )
    func emptyAndBlank(_ condition: String, _ expected: Bool) throws {
        try LiquidCase("{{ \(condition) }}", "\(expected)", event: Self.event).check()
    }

    @Test(
        "and and or group from the right; not binds closer",
        arguments: [
            ("true or false and false", true), ("false and false or true", false), ("true and false or true", true),
            ("no or no and t", false), ("not no", true), ("not t or t", true), ("not t and t", false),
            ("not no and t", true), ("not n == 4", true), ("z and e", true), ("nul or no", false),
        ]
    )
    func logic(_ condition: String, _ expected: Bool) throws {
        try LiquidCase("{{ \(condition) }}", "\(expected)", event: Self.event).check()
    }

    @Test(
        "outputs print as JavaScript",
        arguments: [
            LiquidCase("{{ o }}", "[object Object]"), LiquidCase("{{ a }}", "1x23"),
            LiquidCase("{{ nul }}{{ nope }}", ""),
            LiquidCase("{{ f }} {{ z }} {{ t }} {{ no }}", "2.5 0 true false"),
            LiquidCase("{{ 'a' 'b' }}", "a"), LiquidCase("{{ n | }}", "3"), LiquidCase("{{ == }}", "true"),
        ]
    )
    func outputs(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test("an event that is no object has no properties", arguments: ["[1]", "null", "5"])
    func strangeEvents(_ event: String) throws {
        try LiquidCase("[{{ a }}{{ a.b }}]", "[]", event: event).check()
    }
}
