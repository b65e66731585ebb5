import Testing
import YAML

@Suite("How much a YAML text may stand for", .timeLimit(.minutes(1)))
struct YAMLLimitsTests {
    /// Nine levels of ten aliases each: a billion values.
    private static func bomb(last: String) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        return text + last
    }

    private func read(_ text: String, values: Int = 100_000, depth: Int = 128) throws(YAMLFault) {
        _ = try YAMLNode.document(Array(text.utf8), limits: YAMLLimits(values: values, depth: depth))
    }

    @Test(
        "A bomb is refused at once, as a value and wherever a key may stand",
        arguments: [
            "", "*a9 : 1\n", "? *a9\n: 1\n", "[*a9]: 1\n", "{x: *a9}: 1\n", "b: {*a9, y: 1}\n", "b: {[*a9]: 1}\n",
            "b: [*a9 : 1]\n", "? [*a9]\n", "b: !!set {*a9}\n", "? ? *a9\n",
        ]
    )
    func bombs(last: String) throws {
        let fault = try #require(throws: YAMLFault.self) { try read(Self.bomb(last: last)) }
        #expect(fault.reason.hasPrefix("more than 100000 values") && fault.line == 5)
    }

    @Test("Other ways to write one")
    func blockStyle() {
        var text = "a0: &a0\n  - x\n  - x\n"
        for level in 1...40 { text += "a\(level): &a\(level)\n  - *a\(level - 1)\n  - *a\(level - 1)\n" }
        #expect(throws: YAMLFault.self) { try read(text) }
        var keys = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...40 { keys += "a\(level): &a\(level) {? *a\(level - 1) : *a\(level - 1), z: *a\(level - 1)}\n" }
        #expect(throws: YAMLFault.self) { try read(keys) }
        // One name for all: an alias means the latest anchor before it.
        var shadowed = "a: &a [x, x]\n"
        for level in 1...40 { shadowed += "b\(level): &a [*a, *a]\n" }
        #expect(throws: YAMLFault.self) { try read(shadowed) }
    }

    @Test(
        "What is counted is what is built: exactly at the limit it passes, one below it is refused",
        arguments: [
            ("a: &a [1, 2]\nb: *a\nc: [*a, *a]\n", 17), ("a: &a {k: v}\nb:\n  - *a\n  - \"*a\"\n", 11),
            ("- &s \"text * &\"\n- *s\n- '*'\n", 4), ("x: &x [1]\ny: &x [*x, *x]\nz: *x\n", 16),
            ("a: &a-1_b [x]\nb: {c: *a-1_b}\nd: match(event, \"a*\")\n", 11), ("- a\n- b: c\n", 5),
        ]
    )
    func exact(text: String, count: Int) throws {
        try read(text, values: count)
        #expect(throws: YAMLFault.self) { try read(text, values: count - 1) }
    }

    @Test(
        "Levels are counted through aliases too",
        arguments: [
            ("[[[x]]]", 3), ("a: {b: [c]}", 3), ("a: &a [[x]]\nb: [*a]\n", 4),
            ("a: &a [x]\nb: &b [*a]\nc: &c {k: *b}\nd: *c\n", 4),
        ]
    )
    func levels(text: String, depth: Int) throws {
        try read(text, depth: depth)
        let fault = try #require(throws: YAMLFault.self) { try read(text, depth: depth - 1) }
        #expect(fault.reason == "more than \(depth - 1) levels")
    }

    @Test("Anchors that are used many times side by side are fine, and so is a text that is one level after another")
    func harmless() throws {
        let text = "base: &base {\"@path\": $.a}\n\u{E000}: x\nlist:\n" + String(repeating: "  - *base\n", count: 5_000)
        try read(text)
        let brackets = String(repeating: "[", count: 100_000)
        #expect(throws: YAMLFault.self) { try read(brackets) }
    }
}
