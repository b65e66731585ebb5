import Testing

@testable import Segment

@Suite("Liquid filters over numbers, lists and values")
struct LiquidValueFilterTests {
    @Test(
        "numbers",
        arguments: [
            LiquidCase(
                "{{ -17 | abs }} {{ '-19.86' | abs }} {{ 4 | at_least: 5 }} {{ 4 | at_most: 3 }}",
                "17 19.86 5 3"
            ),
            LiquidCase("{{ 1.2 | ceil }} {{ '3.5' | ceil }} {{ 1.8 | floor }} {{ -1.2 | floor }}", "2 4 1 -2"),
            LiquidCase(
                "{{ 5 | divided_by: 2 }} {{ 5 | divided_by: 2, true }} {{ 1 | divided_by: 0 }}",
                "2.5 2 Infinity"
            ),
            LiquidCase(
                "{{ 3 | modulo: 2 }} {{ -7 | modulo: 3 }} {{ 183.357 | modulo: 12 }}",
                "1 2 3.3569999999999993"
            ),
            LiquidCase(
                "{{ 1.2 | round }} {{ -1.5 | round }} {{ 183.357 | round: 2 }} {{ 15 | round: -1 }}",
                "1 -2 183.36 20"
            ),
            LiquidCase(
                "{{ 0.1 | plus: 0.2 }} {{ '5' | plus: '2' }} {{ 16 | minus: 4 }} {{ 3 | times: '2' }}",
                "0.30000000000000004 7 12 6"
            ),
            LiquidCase("{{ nope | plus: 1 }} {{ 'x' | times: 2 }} {{ 5 | minus }} {{ true | plus: 1 }}", "1 0 NaN 2"),
            LiquidCase(
                "{{ '3.7' | to_integer }} {{ 'x' | to_integer }} {{ nil | to_integer }} {{ '0x1f' | to_integer }}",
                "3.7 NaN 0 31"
            ),
        ]
    )
    func numbers(_ row: LiquidCase) throws { try row.check() }

    static let event = #"""
        {"a": [1, "x", null, [2, null, 3]], "s": "abc", "e": "", "ea": [], "f": false, "z": 0,
         "items": [{"n": 1, "ok": true, "d": {"e": "p"}}, {"n": "2", "ok": false}, {"n": 3, "d": {"e": "q"}}],
         "o": {"b": [1, {"c": null}], "2": "two", "1": "é\n\"", "length": 4}}
        """#

    @Test(
        "lists",
        arguments: [
            LiquidCase("{{ a | join }}|{{ a | join: ', ' }}|{{ s | join: '-' }}", "1 x  2,,3|1, x, , 2,,3|abc"),
            LiquidCase(
                "{{ a | first }}{{ a | last | json }}{{ s | first }}{{ s | last }}[{{ ea | first }}{{ e | last }}]",
                "1[2,null,3]ac[]"
            ),
            LiquidCase("{{ a | compact | json }}", #"[1,"x",[2,null,3]]"#),
            LiquidCase("{{ a | push: 9 | json }} {{ s | unshift: 1 | json }}", #"[1,"x",null,[2,null,3],9] [1,"abc"]"#),
            LiquidCase(
                "{{ a | pop | shift | json }} {{ ea | pop | json }} {{ nope | push: 1 | json }}",
                #"["x",null] [] [1]"#
            ),
            LiquidCase("{{ a | size }}{{ ea | size }}{{ o | size }}", "404"),
            LiquidCase("{{ a | slice: 1, 2 | json }} {{ a | slice: -1 | json }}", #"["x",null] [[2,null,3]]"#),
            LiquidCase("{{ items | sum: 'n' }} {{ (1..4) | sum }} {{ a | sum }} {{ items | sum: 'd.e' }}", "6 10 1 0"),
            LiquidCase(
                "{{ items | where: 'ok' | size }}{{ items | where: 'ok', false | json }}",
                #"1[{"n":"2","ok":false}]"#
            ),
            LiquidCase(
                "{{ items | where: 'd.e', 'q' | json }}{{ items | where: 'n', 2 | size }}",
                #"[{"n":3,"d":{"e":"q"}}]0"#
            ),
        ]
    )
    func lists(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test(
        "default, raw and unknown filters",
        arguments: [
            LiquidCase("{{ nope | default: 1 }}{{ e | default: 2 }}{{ ea | default: 3 }}{{ f | default: 4 }}", "1234"),
            LiquidCase("{{ f | default: 4, allow_false: true }}{{ z | default: 5 }}{{ s | default: 6 }}", "false0abc"),
            LiquidCase("{{ nil | default: 'x' }}{{ empty | default: 'y' }}{{ '<' | raw }}", "xy<"),
            LiquidCase("{{ s | nosuch: 1, 2 | upcase }}", "ABC"),
        ]
    )
    func defaults(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test(
        "JSON",
        arguments: [
            LiquidCase("{{ o | json }}", #"{"1":"é\n\"","2":"two","b":[1,{"c":null}],"length":4}"#),
            LiquidCase("{{ items[0].d | jsonify: 1 }}", "{\n \"e\": \"p\"\n}"),
            LiquidCase("{{ a | inspect: '--' }}", "[\n--1,\n--\"x\",\n--null,\n--[\n----2,\n----null,\n----3\n--]\n]"),
            LiquidCase(
                "{{ ea | json: 2 }}{{ nope | json }}{{ f | json }}{{ 1.50 | json }}{{ '/' | json }}",
                #"[]false1.5"/""#
            ),
            LiquidCase("{{ '😀' | slice: 0 | json }}", #""\ud83d""#),
        ]
    )
    func json(_ row: LiquidCase) throws { try LiquidCase(row.template, row.expected, event: Self.event).check() }

    @Test("names of filters that do not exist are reported once each")
    func unknownFilters() throws {
        let template = try LiquidTemplate(parsing: "{{ a | foo | upcase | bar }}{% if a | foo %}{% endif %}")
        #expect(template.unknownFilters == ["foo", "bar"])
    }
}
