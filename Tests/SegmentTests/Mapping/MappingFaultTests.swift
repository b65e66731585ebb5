import JSON
import Segment
import Testing

@Suite struct MappingFaultTests {
    @Test(
        arguments: [
            (["a": ["@pth": "x"]], "/a/@pth", "did you mean @path?"),
            (["a": ["@nothing": 1]], "/a/@nothing", "known are"),
            (["a": ["@path": "x", "@template": "y"]], "/a", "several directives"),
            (["a": ["@path": "x", "b": 1]], "/a", "stands alone"),
            (["a": ["@path": 1]], "/a/@path", "a text or a directive, not number"),
            (["a": ["@path": ["x": 1]]], "/a/@path", "not object"),
            (["a": ["@template": nil]], "/a/@template", "not null"),
            (["a": ["@if": "x"]], "/a/@if", "an object with exists"),
            (["a": ["@if": ["exists": 1, "els": 2]]], "/a/@if/els", "did you mean else?"),
            (["a": ["@if": ["@path": "x"]]], "/a/@if", "itself"),
            (["a": ["@case": ["operator": "title", "value": "x"]]], "/a/@case/operator", "lower"),
            (["a": ["@case": ["operator": "lower", "value": 5]]], "/a/@case/value", "not number"),
            (["a": ["@replace": ["value": "x"]]], "/a/@replace", "needs 'pattern'"),
            (["a": ["@replace": ["pattern": "x"]]], "/a/@replace", "needs 'value'"),
            (["a": ["@replace": ["pattern": "", "value": "x"]]], "/a/@replace/pattern", "1 to 10"),
            (["a": ["@replace": ["pattern": "12345678901", "value": "x"]]], "/a/@replace/pattern", "not 11"),
            (
                ["a": ["@replace": ["pattern": "x", "replacement": "😀😀😀😀😀😀", "value": "x"]]], "/a/@replace/replacement",
                "not 12"
            ),
            (
                ["a": ["@replace": ["pattern": "x", "global": "yes", "value": "x"]]], "/a/@replace/global",
                "true or false"
            ),
            (["a": ["@arrayPath": "x"]], "/a/@arrayPath", "an array"),
            (["a": ["@arrayPath": []]], "/a/@arrayPath", "an array"),
            (["a": ["@arrayPath": [5]]], "/a/@arrayPath/0", "not number"),
            (["a": ["@arrayPath": ["x", ["b": ["@x": 1]]]]], "/a/@arrayPath/1/b/@x", "not a directive"),
            (["a": ["@merge": ["objects": "x", "direction": "left"]]], "/a/@merge/objects", "an array"),
            (["a": ["@merge": ["objects": [], "direction": "up"]]], "/a/@merge/direction", "left"),
            (["a": ["@merge": ["objects": [], "direction": ["@path": "$.d"]]]], "/a/@merge/direction", "left"),
            (["a": ["@merge": ["objects": [[:], "x"], "direction": "left"]]], "/a/@merge/objects/1", "not string"),
            (["a": ["@merge": ["objects": [nil], "direction": "left"]]], "/a/@merge/objects/0", "not null"),
            (["a": ["@merge": ["objects": [5], "direction": "left"]]], "/a/@merge/objects/0", "not number"),
            (["a": ["@flatten": ["separator": ["@path": "$.s"], "value": 1]]], "/a/@flatten/separator", "not object"),
            (["a": ["@flatten": ["separator": "_"]]], "/a/@flatten", "needs 'value'"),
            (["a": ["@transform": ["apply": ["b": 1], "mapping": "y"]]], "/a/@transform/mapping", "not string"),
            (["a": ["@json": ["mode": "parse", "value": "x"]]], "/a/@json/mode", "encode"),
            (["a": ["@flatten": ["separator": 1, "value": "x"]]], "/a/@flatten/separator", "not number"),
            (["a": ["@transform": ["apply": "x", "mapping": "y"]]], "/a/@transform/apply", "an object"),
            (["a": ["@liquid": 1]], "/a/@liquid", "a text"),
            (["a": ["@liquid": "{% for a in b %}{% endfor %}"]], "/a/@liquid", "for"),
            (["a/b~c": [["@x": 1]]], "/a~1b~0c/0/@x", "not a directive"),
            (["__segment_internal_directive": 1], "/__segment_internal_directive", "one directive"),
        ] as [(JSONValue, String, String)]
    )
    func says(mapping: JSONValue, path: String, reason: String) throws {
        let faults = try #require(throws: MappingErrors.self) { try EventMapping(compiling: mapping) }.faults
        #expect(faults.contains { $0.path == path && $0.reason.contains(reason) }, "\(faults)")
    }

    @Test func tellsEverythingAtOnce() throws {
        let mapping: JSONValue = [
            "a": ["@pth": "x"], "b": [["@case": ["operator": 1, "value": 2]]], "c": ["@replace": ["patern": "x"]],
            "d": ["@if": ["then": 1]],
        ]
        let faults = try #require(throws: MappingErrors.self) { try EventMapping(compiling: mapping) }.faults
        #expect(
            Set(faults.map(\.path)) == [
                "/a/@pth", "/b/0/@case/value", "/b/0/@case/operator", "/c/@replace/patern", "/c/@replace", "/d/@if",
            ]
        )
    }

    /// Segment fails only for events that get there, and so does the mapping; a check tells all the same.
    @Test(
        arguments: [
            ["@if": ["exists": nil, "then": 1]], ["@case": ["value": "x"]], ["@flatten": ["value": "x"]],
            ["@json": ["value": "x"]], ["@json": ["mode": "encode"]], ["@merge": ["objects": []]],
            ["@merge": ["direction": "left"]],
            ["@transform": ["apply": ["a": 1]]], ["@transform": ["mapping": "x"]],
        ] as [JSONValue]
    )
    func failsWhenItIsReached(directive: JSONValue) throws {
        let mapping = try EventMapping(compiling: [
            "a": ["@if": ["exists": ["@path": "$.x"], "then": directive, "else": 1]]
        ])
        #expect(mapping.lateFaults.count == 1)
        #expect(try mapping.resolve([:]) == ["a": 1])
        let error = try #require(throws: MappingError.self) { try mapping.resolve(["x": 1]) }
        #expect(error.path.hasPrefix("/a/@if/then/@"))
    }

    @Test(
        arguments: [
            ["@path": ["@path": "$.x"]], ["@template": ["@literal": ["@path": "$.x"]]],
        ] as [JSONValue]
    )
    func failsForAnEvent(directive: JSONValue) throws {
        let mapping = try EventMapping(compiling: ["a": directive])
        #expect(throws: MappingError.self) { try mapping.resolve(["x": 5]) }
        #expect(throws: MappingError.self) { try mapping.resolve([:]) }
    }

    @Test(arguments: [JSONValue.null, 1, "x", []])
    func needsAnObject(event: JSONValue) throws {
        #expect(throws: MappingError.self) { try EventMapping(compiling: ["a": 1]).resolve(event) }
    }

    @Test func nestsToItsLimit() throws {
        func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(1) { value, _ in [value] } }
        #expect(try EventMapping(compiling: nested(100)).resolve([:]) == nested(100))
        #expect(throws: MappingErrors.self) { try EventMapping(compiling: nested(101)) }
    }

    /// A few characters of a mapping must not make gigabytes of an event within its limits.
    @Test func resultsHaveALimit() throws {
        let long = JSONValue.string(String(repeating: "a", count: 20_000))
        let replace = try EventMapping(compiling: [
            "@replace": ["pattern": "a", "replacement": "$`$'", "value": ["@path": "$.x"]]
        ])
        #expect(throws: MappingError.self) { try replace.resolve(["x": long]) }
        let template = try EventMapping(compiling: ["@template": .string(String(repeating: "{{x}}", count: 300))])
        #expect(throws: MappingError.self) { try template.resolve(["x": long]) }
        let flatten = try EventMapping(compiling: ["@flatten": ["separator": ".", "value": ["@path": "$.x"]]])
        let leaves = JSONValue.array(Array(repeating: 1, count: 1_000))
        #expect(throws: MappingError.self) {
            try flatten.resolve(["x": .object([String(repeating: "k", count: 10_000): leaves])])
        }
    }

    @Test func bracesWithoutEndAreReadInOnePass() throws {
        let braces = String(repeating: "{", count: 200_000)
        #expect(try EventMapping(compiling: ["@template": .string(braces)]).resolve([:]) == .string(braces))
        #expect(try EventMapping(compiling: ["@template": .string(braces + "}")]).resolve([:]) == .string(braces + "}"))
    }
}
