/// `runbook.html`: docs/how-to/runbook.md as the admin port shows it, so that it is there at night and without the internet.
///
/// The runbook uses few of Markdown's forms. What is none of them is refused here, so that nothing goes to the page half understood.
struct RunbookFile {
    /// A form of Markdown that the page does not know.
    struct UnknownForm: Error, CustomStringConvertible {
        let line: String

        var description: String { "docs/how-to/runbook.md has a form that its page does not know: \(line)" }
    }

    let text: String

    /// - Parameter markdown: what docs/how-to/runbook.md holds.
    init(markdown: String) throws(UnknownForm) {
        var body = ""
        var sections: [(id: String, title: String)] = []
        for block in try Self.blocks(markdown) {
            guard case .section(let title) = block else {
                body += try Self.html(block)
                continue
            }
            let id = Self.slug(title)
            if !sections.isEmpty { body += "</section>\n" }
            sections.append((id, title))
            body += """
                <section class="card" id="\(id)" aria-labelledby="\(id)-title">
                <h2 id="\(id)-title">\(Self.escaped(title))</h2>

                """
        }
        guard !sections.isEmpty else { throw UnknownForm(line: "no section") }
        let list = sections.map { "<li><a href=\"#\($0.id)\">\(Self.escaped($0.title))</a></li>" }
        text = Self.head + list.joined(separator: "\n") + "\n</ul></nav>\n" + body + "</section>\n" + Self.foot
    }

    // MARK: Blocks

    private enum Block {
        case title
        case section(String)
        case code(String)
        case items([String])
        case paragraph(String)
    }

    private static func blocks(_ markdown: String) throws(UnknownForm) -> [Block] {
        var blocks: [Block] = []
        var lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line.isEmpty { continue }
            if line.hasPrefix("```") {
                let code = lines.prefix { $0 != "```" }
                guard code.endIndex < lines.endIndex else { throw UnknownForm(line: String(line)) }
                lines = lines[(code.endIndex + 1)...]
                blocks.append(.code(code.joined(separator: "\n")))
            } else if line.hasPrefix("# ") {
                blocks.append(.title)
            } else if line.hasPrefix("## ") {
                blocks.append(.section(String(line.dropFirst(3))))
            } else if let item = item(line) {
                var items = [item]
                while let next = lines.first, !next.isEmpty {
                    lines.removeFirst()
                    if let item = Self.item(next) {
                        items.append(item)
                    } else {
                        guard next.hasPrefix("   ") else { throw UnknownForm(line: String(next)) }
                        items[items.count - 1] += "\n" + next.drop { $0 == " " }
                    }
                }
                blocks.append(.items(items))
            } else {
                // Tables, quotes, markup, lists without numbers and deeper headings would need more than this.
                guard !line.starts(with: /[|><#!]|[-+*] | {4}/) else { throw UnknownForm(line: String(line)) }
                var paragraph = String(line)
                while let next = lines.first, !next.isEmpty {
                    lines.removeFirst()
                    paragraph += "\n" + next
                }
                blocks.append(.paragraph(paragraph))
            }
        }
        return blocks
    }

    private static func item(_ line: Substring) -> String? {
        line.prefixMatch(of: /[0-9]+\. (.*)/).map { String($0.1) }
    }

    private static func html(_ block: Block) throws(UnknownForm) -> String {
        switch block {
        case .title, .section: return ""
        case .code(let text): return "<pre>\(escaped(text))</pre>\n"
        case .paragraph(let text): return "<p>\(try inline(text[...]))</p>\n"
        case .items(let items):
            var list = "<ol>\n"
            for item in items { list += "<li>\(try inline(item[...]))</li>\n" }
            return list + "</ol>\n"
        }
    }

    // MARK: Within a line

    private static func inline(_ text: Substring) throws(UnknownForm) -> String {
        if let match = text.firstMatch(of: /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/) {
            let before = escaped(String(text[..<match.range.lowerBound]))
            let after = try inline(text[match.range.upperBound...])
            return before + (try element(match.output)) + after
        }
        return escaped(String(text))
    }

    private static func element(
        _ match: (Substring, Substring?, Substring?, Substring?, Substring?, Substring?)
    ) throws(UnknownForm) -> String {
        if let code = match.1 { return "<code>\(escaped(String(code)))</code>" }
        if let strong = match.2 { return "<strong>\(try inline(strong))</strong>" }
        if let stressed = match.3 { return "<em>\(try inline(stressed))</em>" }
        guard let words = match.4, let target = match.5 else { throw UnknownForm(line: String(match.0)) }
        let shown = try inline(words)
        if target.hasPrefix("#") { return "<a href=\"\(escaped(String(target)))\">\(shown)</a>" }
        // The program has no other page than this one: the others are named.
        guard !target.contains(":"), let page = target.split(separator: "#").first, page.hasSuffix(".md") else {
            throw UnknownForm(line: String(match.0))
        }
        let path = page.hasPrefix("../") ? "docs/\(page.dropFirst(3))" : "docs/how-to/\(page)"
        return "\(shown) (<code>\(escaped(path))</code>)"
    }

    private static func slug(_ title: String) -> String {
        String(
            title.lowercased().compactMap { character in
                character == " " ? "-" : character.isLetter || character.isNumber || character == "-" ? character : nil
            }
        )
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    // MARK: Around it

    private static let head = """
        <!doctype html>
        <!-- Made by `make reference` from docs/how-to/runbook.md; a test fails when it is stale. Do not edit. -->
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Runbook – loops-bridge</title>
        <link rel="icon" href="data:,">
        <style>/*style*/</style>
        </head>
        <body class="runbook">
        <a class="skip" href="#content">Skip to the text</a>
        <header class="top">
        <h1>Runbook of loops-bridge</h1>
        <a href="./">Back to the bridge</a>
        </header>
        <main id="content" tabindex="-1">
        <nav class="card sections" aria-label="Sections"><ul>

        """

    private static let foot = """
        </main>
        <footer><p>The text of docs/how-to/runbook.md, of this version of the program.</p></footer>
        </body>
        </html>

        """
}
