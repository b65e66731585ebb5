import JSON
import Testing

@testable import Segment

@Suite("Liquid limits")
struct LiquidLimitTests {
    @Test("a template of 1,000 UTF-16 units loads, one more does not")
    func templateLength() throws {
        let longest = String(repeating: "😀", count: 500)
        #expect(try LiquidTemplate(parsing: longest).render([:]) == longest)
        #expect(liquidLoadError(longest + "a")?.kind == .limit)
    }

    @Test("blocks nest 64 deep, not deeper")
    func blockDepth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "{% if a %}", count: depth) + String(repeating: "{% endif %}", count: depth)
        }
        let limits = LiquidLimits(templateUnits: 10_000)
        #expect(liquidLoadError(nested(64), limits: limits) == nil)
        #expect(liquidLoadError(nested(65), limits: limits)?.kind == .limit)
    }

    @Test("ranges and brackets nest 64 deep, not deeper", arguments: ["(", "a["])
    func expressionDepth(_ opener: String) {
        #expect(liquidLoadError("{{ " + String(repeating: opener, count: 400) + " }}")?.kind == .limit)
        #expect(liquidLoadError("{{ " + String(repeating: opener, count: 63) + " }}")?.kind == .syntax)
    }

    @Test("the result is limited, also where it is captured")
    func outputLength() throws {
        let limits = LiquidLimits(outputUnits: 5)
        #expect(try LiquidTemplate(parsing: "{{ a }}", limits: limits).render(["a": "12345"]) == "12345")
        #expect(try liquidRenderError("{{ a }}", ["a": "123456"], limits: limits)?.kind == .limit)
        let captured = "{% capture b %}{{ a }}{% endcapture %}"
        #expect(try liquidRenderError(captured, ["a": "123456"], limits: limits)?.kind == .limit)
    }

    @Test(
        "work is limited before anything large is made",
        arguments: [
            "{{ (1..1000000000) | size }}", "{{ (1..n) }}", "{{ 'now' | date: '%999999999Y' }}",
            "{{ 'now' | date: '%99999999999999999999Y' }}", "{{ 'now' | date: '%999999999N' }}",
            "{% assign a = 'x' %}" + String(repeating: "{% assign a = a | append: a %}", count: 30),
            "{{ s | split: '' | join: s }}", "{{ s | replace: 'a', s }}",
        ]
    )
    func work(_ template: String) throws {
        let event: JSONValue = ["n": 1e300, "s": .string(String(repeating: "a", count: 20_000))]
        #expect(try liquidRenderError(template, event)?.kind == .limit)
    }

    @Test("an event of 500 KB passes through the filters that only read it")
    func largeEvent() throws {
        let text = String(repeating: "aé<b> ", count: 80_000)
        let template = try LiquidTemplate(parsing: "{{ s | strip_html | upcase | remove: 'X' | strip | size }}")
        #expect(try template.render(["s": .string(text)]) == "239999")
    }

    @Test("searching takes linear time however repetitive the text is")
    func search() throws {
        let text = String(repeating: "a", count: 400_000)
        let pattern = String(repeating: "a", count: 200_000) + "b"
        let template = try LiquidTemplate(parsing: "{{ s | remove: p | replace_last: p, '' | size }}")
        #expect(try template.render(["s": .string(text), "p": .string(pattern)]) == "400000")
    }

    @Test("a deeply nested event prints and is written as JSON")
    func deepEvent() throws {
        var event: JSONValue = 1
        for _ in 0..<500 { event = ["a": [event]] }
        let template = try LiquidTemplate(parsing: "{{ a }}{{ a.first.a | json | size }}{{ a | sum }}{{ a == a }}")
        #expect(try template.render(event).hasSuffix("0true"))
    }
}
