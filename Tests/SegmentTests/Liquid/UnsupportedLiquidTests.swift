import Testing

@testable import Segment

@Suite("Liquid templates that are refused when loaded")
struct LiquidRefusalTests {
    @Test("disabled tags, by name", arguments: ["case", "for", "include", "layout", "render", "tablerow"])
    func tags(_ name: String) {
        let error = liquidLoadError("a\n {% \(name) x %}")
        #expect(error?.kind == .tagRefused(name))
        #expect(error?.reason == "tag \"\(name)\" is disabled, as in Segment")
        #expect(error?.line == 2)
        #expect(error?.column == 2)
    }

    @Test(
        "disabled filters, by name, also where they would never run",
        arguments: [
            "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp", "group_by",
            "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject", "reject_exp", "reverse", "sort",
            "sort_natural", "uniq", "where_exp", "type",
        ]
    )
    func filters(_ name: String) {
        let error = liquidLoadError("{% if false %}{{ a | upcase | \(name): 'x' }}{% endif %}")
        #expect(error?.kind == .filterRefused(name))
        #expect(error?.reason == "filter \"\(name)\" is disabled, as in Segment")
        #expect(error?.column == 31)
    }

    @Test("the random filter, with what to do instead")
    func others() {
        let error = liquidLoadError("{{ a | sample }}")
        #expect(error?.kind == .filterRefused("sample"))
        #expect(error?.hint != nil)
    }

    @Test(
        "syntax faults, with their place",
        arguments: [
            ("{{ a", 1, 1), ("a {% if a", 1, 3), ("{% if a %}\nb", 1, 1), ("{% raw %}a", 1, 1),
            ("{% comment %}a", 1, 1),
            ("{% capture a %}", 1, 1), ("{{ }}", 1, 4), ("{{ 'a }}", 1, 4), ("{% %}", 1, 4),
            ("{% assign = 1 %}", 1, 11),
            ("{% assign a 1 %}", 1, 13), ("{% assign a = %}", 1, 14), ("{{ a b | }} {{ a, b }}", 1, 17),
            ("{{ a | f 1 }}", 1, 10), ("{{ a | f: 1 2 }}", 1, 13), ("{{ a | | f }}", 1, 8),
            ("{% if a | size > 1 %}{% endif %}", 1, 16), ("{{ (1..3 }}", 1, 4),
            ("{{ (1-3) }}", 1, 4), ("{{ a[1 }}", 1, 5), ("{% if a %}{% else x %}{% endif %}", 1, 19),
            ("{% if a %}{% else %}{% else %}{% endif %}", 1, 21),
            ("{% if a %}{% else %}{% elsif b %}{% endif %}", 1, 21),
            ("{% # a\n b %}", 2, 2), ("{% cycle %}", 1, 1), ("{{ 'a' | append }}", 1, 10),
            ("{% if %}{% endif %}", 1, 6),
            ("{% capture %}{% endcapture %}", 1, 11), ("\n\n  {{ 'é' | append: 1, 2 }}", 3, 12),
        ]
    )
    func syntax(_ template: String, _ line: Int, _ column: Int) {
        let error = liquidLoadError(template)
        #expect(error?.kind == .syntax)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test("tags that do not exist or stand alone", arguments: ["foo", "endif", "else", "elsif", "when", "endfor"])
    func unknownTags(_ name: String) {
        #expect(liquidLoadError("{% \(name) %}")?.kind == .tagRefused(name))
    }

    @Test("an error reads as a sentence with its place")
    func description() {
        #expect(
            liquidLoadError("{% case a %}")?.description
                == "line 1, column 1: tag \"case\" is disabled, as in Segment (use if and elsif)"
        )
    }
}
