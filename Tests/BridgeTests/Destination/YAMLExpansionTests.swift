import Testing

@testable import Bridge

@Suite("How many values a YAML text stands for, before it is built", .timeLimit(.minutes(1)))
struct YAMLExpansionTests {
    /// Nine levels of ten aliases each: a billion values.
    private static func bomb(last: String) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        return text + last
    }

    @Test(
        "A bomb is refused at once, as a value and wherever a key may stand",
        arguments: [
            "", "*a9 : 1\n", "? *a9\n: 1\n", "[*a9]: 1\n", "{x: *a9}: 1\n", "b: {*a9, y: 1}\n", "b: {[*a9]: 1}\n",
            "b: [*a9 : 1]\n", "? [*a9]\n", "b: !!set {*a9}\n", "? ? *a9\n",
        ]
    )
    func bombs(last: String) throws {
        let text = Self.bomb(last: last)
        let fault = try #require(throws: YAMLExpansion.Fault.self) { try YAMLExpansion.check(text, maxValues: 100_000) }
        #expect(fault.reason.hasPrefix("more than 100000 values") && fault.line == 5)
        let refused = #expect(throws: MappingsFileFaults.self) {
            try Destination(file: "m.yaml", bytes: Array(text.utf8))
        }
        #expect(refused?.faults.count == 1)
    }

    @Test("Other ways to write one")
    func blockStyle() {
        var text = "a0: &a0\n  - x\n  - x\n"
        for level in 1...40 { text += "a\(level): &a\(level)\n  - *a\(level - 1)\n  - *a\(level - 1)\n" }
        #expect(throws: YAMLExpansion.Fault.self) { try YAMLExpansion.check(text, maxValues: 100_000) }
        var keys = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...40 { keys += "a\(level): &a\(level) {? *a\(level - 1) : *a\(level - 1), z: *a\(level - 1)}\n" }
        #expect(throws: YAMLExpansion.Fault.self) { try YAMLExpansion.check(keys, maxValues: 100_000) }
        // One name for all: an alias means the latest anchor before it.
        var shadowed = "a: &a [x, x]\n"
        for level in 1...40 { shadowed += "b\(level): &a [*a, *a]\n" }
        #expect(throws: YAMLExpansion.Fault.self) { try YAMLExpansion.check(shadowed, maxValues: 100_000) }
    }

    @Test(
        "What is counted is what is built: exactly at the limit it passes, one below it is refused",
        arguments: [
            ("a: &a [1, 2]\nb: *a\nc: [*a, *a]\n", 17), ("a: &a {k: v}\nb:\n  - *a\n  - \"*a\"\n", 11),
            ("- &s \"text * &\"\n- *s\n- '*'\n", 4), ("x: &x [1]\ny: &x [*x, *x]\nz: *x\n", 16),
            ("a: &a-1_b [x]\nb: {c: *a-1_b}\nd: match(event, \"a*\")\n", 11),
        ]
    )
    func exact(text: String, count: Int) throws {
        try YAMLExpansion.check(text, maxValues: count)
        #expect(throws: YAMLExpansion.Fault.self) { try YAMLExpansion.check(text, maxValues: count - 1) }
    }

    @Test("Anchors that are used many times side by side are fine, and a text with private characters too")
    func harmless() throws {
        let text = "base: &base {\"@path\": $.a}\n\u{E000}: x\nlist:\n" + String(repeating: "  - *base\n", count: 5_000)
        try YAMLExpansion.check(text, maxValues: 100_000)
        try YAMLExpansion.check("a: *nobody", maxValues: 1)
    }
}
