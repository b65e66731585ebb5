import Testing

@testable import loops_bridge_dev

@Suite("The runbook's page is made of its text")
struct RunbookFileTests {
    private func body(_ text: String) throws -> String {
        let page = try RunbookFile(markdown: "# Runbook\n\n## Alert\n\n\(text)\n").text
        let start = try #require(page.firstRange(of: "Alert</h2>\n"))
        let end = try #require(page.firstRange(of: "</section>"))
        return String(page[start.upperBound..<end.lowerBound])
    }

    @Test("Paragraphs, code, steps, stress and links")
    func forms() throws {
        #expect(
            try body("**Do.** Take `a < b` and\n*look*.")
                == "<p><strong>Do.</strong> Take <code>a &lt; b</code> and\n<em>look</em>.</p>\n"
        )
        #expect(
            try body("```sh\nmap <e.json && echo \"*x*\"\n\nb\n```")
                == "<pre>map &lt;e.json &amp;&amp; echo &quot;*x*&quot;\n\nb</pre>\n"
        )
        #expect(try body("1. One,\n   and more.\n2. Two.") == "<ol>\n<li>One,\nand more.</li>\n<li>Two.</li>\n</ol>\n")
        #expect(
            try body("[LoopsBridgeDown](#loopsbridgedown)")
                == "<p><a href=\"#loopsbridgedown\">LoopsBridgeDown</a></p>\n"
        )
        #expect(
            try body("[the rule](../reference/redis.md#user)")
                == "<p>the rule (<code>docs/reference/redis.md</code>)</p>\n"
        )
        #expect(try body("[deploy](deploy.md)") == "<p>deploy (<code>docs/how-to/deploy.md</code>)</p>\n")
    }

    @Test(
        "A form that it does not know is refused, and never shown half understood",
        arguments: [
            "| a | b |", "> quoted", "<b>x</b>", "### Deeper", "- a list", "![x](y.png)", "```sh\nnever ended",
            "1. One\nnot indented", "[out](https://example.com/)", "[out](javascript:alert(1))", "[x](y.html)",
        ]
    )
    func unknown(text: String) {
        #expect(throws: RunbookFile.UnknownForm.self) { try RunbookFile(markdown: "## A\n\n\(text)\n") }
    }
}
