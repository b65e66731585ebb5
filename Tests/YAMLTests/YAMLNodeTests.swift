import Testing
import YAML

@Suite("YAML as nodes", .timeLimit(.minutes(1)))
struct YAMLNodeTests {
    /// A node in short: `"text"` in quotes, `word`, `[…]`, `{key: value}`, each with its line.
    private func shown(_ node: YAMLNode) -> String {
        let content =
            switch node.content {
            case .scalar(let text, let isPlain): isPlain ? text : "\"\(text)\""
            case .sequence(let elements): "[" + elements.map(shown).joined(separator: ", ") + "]"
            case .mapping(let members):
                "{" + members.map { "\(shown($0.key)): \(shown($0.value))" }.joined(separator: ", ") + "}"
            }
        return "\(content)@\(node.line)"
    }

    private func read(_ text: String) throws(YAMLFault) -> YAMLNode? {
        try YAMLNode.document(Array(text.utf8), limits: YAMLLimits(values: 1000))
    }

    @Test(arguments: [
        ("5", "5@1"), ("'5'", "\"5\"@1"), ("|\n  a\n  b\n", "\"a\nb\n\"@1"), ("\"\\0\\u00e4\"", "\"\0ä\"@1"),
        ("- a\n- [b, \"c\"]\n-\n", "[a@1, [b@2, \"c\"@2]@2, @3]@1"),
        ("\n# first\na: 1\nb:\n  c: {d: 2}\n", "{a@3: 1@3, b@4: {c@5: {d@5: 2@5}@5}@5}@3"),
        ("? [a]\n: b\n", "{[a@1]@1: b@2}@1"), ("--- x\n...\n", "x@1"), ("\u{FEFF}a", "a@1"),
        // An alias is what it names, and the latest of a name; where it is written is where its anchor stands.
        ("- &a [x]\n- *a\n- &a y\n- *a\n", "[[x@1]@1, [x@1]@1, y@3, y@3]@1"),
        ("&k key: &v {a: *k}\nb: *v\n", "{key@1: {a@1: key@1}@1, b@2: {a@1: key@1}@1}@1"),
    ])
    func reads(text: String, expected: String) throws {
        #expect(shown(try #require(try read(text))) == expected)
    }

    @Test(arguments: ["", "\n", "# nothing\n", "\u{FEFF}"])
    func empty(text: String) throws {
        #expect(try read(text) == nil)
    }

    @Test(arguments: [
        ("a: [\nb\n", 3, "did not find expected"), ("a: @b", 1, "cannot start any token"),
        ("a: b: c", 1, "not allowed"),
        ("a: 1\nb: *a\n", 2, "no anchor before it"), ("a: &a [*a]\n", 1, "no anchor before it"),
        ("--- a\n--- b\n", 2, "a second document"), ("a: 1\nb: 2\n'a': 3\n", 3, "'a' comes twice, first in line 1"),
        ("- x\n- {k: 1,\n   k: 2}\n", 3, "'k' comes twice, first in line 2"),
        ("a: 1\nb: \u{1}\n", 2, "control characters"),
        ("a: \"x\n", 2, "unexpected end of stream"), ("%YAML 3.0\n--- a", 1, "incompatible YAML document"),
    ])
    func says(text: String, line: Int, reason: String) throws {
        let fault = try #require(throws: YAMLFault.self) { try read(text) }
        #expect(fault.line == line && fault.reason.contains(reason), "\(fault)")
    }

    @Test("What is no UTF-8 is refused at its line, and a key that comes twice is cut")
    func bytes() throws {
        let broken = try #require(throws: YAMLFault.self) {
            try YAMLNode.document(Array("a: 1\nb: ".utf8) + [0xFF], limits: YAMLLimits(values: 10))
        }
        #expect(broken.line == 2 && broken.reason.contains("UTF-8"), "\(broken)")
        let key = String(repeating: "k", count: 900)
        let long = try #require(throws: YAMLFault.self) { try read("\(key): 1\n\(key): 2\n") }
        #expect(long.reason.count < 100)
    }

    @Test("Random pieces of YAML never trap, and stay within the limits")
    func fuzz() {
        let pieces = [
            "a", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ", ", "&x ", "*x", "\n", "\n  ", "'", "\"", "|\n", ">-\n",
            "#", "!t ",
            "%", "---\n", "...\n", "\t", "\u{E000}", "@", "<<: ",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            do throws(YAMLFault) { _ = try read(text) } catch {
                let lines = text.count { $0.isNewline } + 1
                #expect((1...lines + 1).contains(error.line) && !error.reason.isEmpty, "\(text)")
            }
        }
    }
}
