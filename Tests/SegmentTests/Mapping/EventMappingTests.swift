import DevKit
import JSON
import Segment
import Support
import Testing

/// Single directives on one event, by Segment's rules; the vectors hold the breadth. Mapping, value (nil: undefined).
@Suite struct EventMappingTests {
    static let event: JSONValue = [
        "type": "track", "userId": "u1", "event": "Signed \"Up\" <b>", "zero": 0, "empty": "", "no": false,
        "nothing": nil,
        "traits": ["email": "a@b.co", "with space": 1, "a[b]": 2, "": 3, "x.y": 4, "$": 5],
        "items": [["id": 1, "n": "x"], ["id": 2, "n": nil], 7], "tags": ["a", nil, ["b", "c"]], "list": [],
        "big": 9_007_199_254_740_993, "huge": 1e21, "tiny": 1e-7, "whole": 2.0, "face": "a😀b",
    ]

    private func resolve(_ mapping: JSONValue) throws -> JSONValue? {
        try EventMapping(compiling: ["out": mapping]).resolve(Self.event)?["out"]
    }

    @Test(
        arguments: [
            ("$.userId", "u1"), ("userId", "u1"), ("$.traits.email", "a@b.co"), ("traits['with space']", 1),
            ("$.traits[\"with space\"]", 1), ("$.traits.with space", 1), ("$.traits.a[b]", 2), ("$.items[0].id", 1),
            ("$.items.1.id", 2), ("$.items[0]['n']", "x"), ("$.items.length", 3), ("$.items[9]", nil),
            ("$.items[00]", nil),
            ("$.userId.length", 2), ("$.userId.0", "u"), ("$.face.length", 4), ("$.face.1", "\u{fffd}"),
            ("$.face[3]", "b"),
            ("$.zero.x.y", 0), ("$.empty.x", ""), ("$.no.x", false), ("$.nothing.x", .null), ("$.missing.x", nil),
            ("$.traits.x.y", nil), ("$", nil), ("$.$.userId", nil), ("traits.$.email", "a@b.co"), ("..userId", "u1"),
            ("$.traits.''", 3), ("$.type.x", nil),
        ] as [(String, JSONValue?)]
    )
    func path(path: String, expected: JSONValue?) throws {
        #expect(try resolve(["@path": .string(path)]) == expected)
    }

    @Test(arguments: ["", ".", "$."])
    func wholeEvent(path: String) throws {
        #expect(try resolve(["@path": .string(path)]) == Self.event)
    }

    @Test(arguments: [
        ("plain", "plain"), ("{{userId}}", "u1"), ("{{ userId }}{{userId}}", "u1u1"), ("{{missing}}|{{nothing}}", "|"),
        ("{{event}}", "Signed \"Up\" <b>"), ("{{{event}}}", "Signed \"Up\" <b>"), ("{{traits}}", "[object Object]"),
        ("{{tags}}", "a,,b,c"), ("{{list}}", ""), ("{{zero}} {{no}} {{empty}}", "0 false "), ("{{huge}}", "1e+21"),
        ("{{tiny}}", "1e-7"), ("{{whole}}", "2"), ("{{big}}", "9007199254740992"), ("{{ }}", "[object Object]"),
        ("{{}}", "{{}}"), ("{{userId}", "{{userId}"), ("{userId}}", "{userId}}"), ("{{$.userId}}", ""),
        ("{{\u{feff}userId\u{a0}}}", "u1"), ("{{{{userId}}}}", "}"), ("{{a{{userId}}", ""), ("{{items[0].n}}", "x"),
        ("😀{{userId}}ü", "😀u1ü"),
    ])
    func template(template: String, expected: String) throws {
        #expect(try resolve(["@template": .string(template)]) == .string(expected))
    }

    @Test func whatATripleBringsInIsReadAgain() throws {
        let mapping = try EventMapping(compiling: ["@template": "{{{a}}} {{a}}"])
        #expect(try mapping.resolve(["a": "{{b}}", "b": "c"]) == "c {{b}}")
        let plain = try EventMapping(compiling: ["@template": "{{a}}"])
        #expect(try plain.resolve(["a": "{{b}}", "b": "c"]) == "{{b}}")
    }

    @Test(
        arguments: [
            (["exists": ["@path": "$.zero"], "then": 1, "else": 2], 1),
            (["exists": ["@path": "$.nothing"], "then": 1], nil),
            (["exists": ["@path": "$.nothing"], "then": 1, "else": 2], 2),
            (["exists": ["@path": "$.missing"], "else": ""], nil),
            (["blank": ["@path": "$.userId"], "then": 1, "else": 2], 1),
            (["blank": ["@path": "$.zero"], "then": 1, "else": 2], 2),
            (["blank": ["@path": "$.no"], "then": 1, "else": 2], 2),
            (["blank": ["@path": "$.list"], "then": 1, "else": 2], 2),
            (["blank": ["@path": "$.empty"], "then": 1, "else": 2], 2),
            (["blank": ["@path": "$.traits"], "then": 1], 1),
            (["blank": ["@literal": [[], []]], "then": 1, "else": 2], 1),
            (["blank": ["@literal": [[nil]]], "then": 1], nil),
            (["exists": ["@path": "$.userId"], "then": nil], .null), (["exists": "x", "blank": "x", "then": 1], 1),
            (["exists": false, "blank": true, "then": 1], 1),
        ] as [(JSONValue, JSONValue?)]
    )
    func choice(options: JSONValue, expected: JSONValue?) throws {
        #expect(try resolve(["@if": options]) == expected)
    }

    @Test(
        arguments: [
            (["operator": "upper", "value": "straße ı"], "STRASSE I"),
            (["operator": "lower", "value": "ΟΔΟΣ İ"], "οδος i̇"),
            (["operator": "upper", "value": ["@path": "$.zero"]], 0),
            (["operator": "upper", "value": ["@path": "$.nothing"]], .null),
            (["operator": "upper", "value": ["@path": "$.missing"]], nil), (["operator": "upper", "value": ""], nil),
            (["operator": "upper", "value": ["@path": "$.tags"]], ["a", nil, ["b", "c"]]), (["operator": "upper"], nil),
        ] as [(JSONValue, JSONValue?)]
    )
    func changeCase(options: JSONValue, expected: JSONValue?) throws {
        #expect(try resolve(["@case": options]) == expected)
    }

    @Test(
        arguments: [
            (["pattern": "a", "value": "banana"], "bnn"),
            (["pattern": "a", "value": "banana", "global": false], "bnana"),
            (["pattern": "A", "value": "banana", "ignorecase": true, "replacement": "o"], "bonono"),
            (["pattern": "an", "value": "banana", "replacement": "[$&]"], "b[an][an]a"),
            (["pattern": "n", "value": "banana", "replacement": "$$"], "ba$a$a"),
            (["pattern": "n", "value": "ban", "replacement": "$1$<x>$"], "ba$1$<x>$"),
            (["pattern": "n", "value": "bana", "replacement": "<$`|$'>"], "ba<ba|a>a"),
            (["pattern": ".", "value": "a.b+c"], "ab+c"), (["pattern": "(+", "value": "a(+b"], "ab"),
            (["pattern": "\n", "value": "a\nb", "replacement": " "], "a b"),
            (["pattern": "a", "replacement": "b", "pattern2": "b", "replacement2": "c", "value": "ab"], "cc"),
            (["pattern": "a", "pattern2": "", "value": "ab"], "b"),
            (["pattern": "0", "value": ["@path": "$.zero"], "replacement": "x"], "x"),
            (["pattern": "e", "value": ["@path": "$.huge"]], "1+21"),
            (["pattern": "f", "value": ["@path": "$.no"]], "alse"),
            (["pattern": "a", "value": ["@path": "$.traits"]], ""),
            (["pattern": "a", "value": ["@path": "$.missing"]], ""),
            (["pattern": "a", "value": ["@path": "$.nothing"]], ""), (["pattern": "a", "value": ""], nil),
            (["pattern": "ſ", "value": "sſS", "ignorecase": true], "sS"),
            (["pattern": "Ü", "value": "xüx", "ignorecase": true], "xx"),
            (["pattern": "ß", "value": "SSß", "ignorecase": true], "SS"),
            (["pattern": "😀", "value": "a😀b😀", "replacement": "-"], "a-b-"),
            (["pattern": "aa", "value": "aaa", "replacement": "b"], "ba"),
        ] as [(JSONValue, JSONValue?)]
    )
    func replace(options: JSONValue, expected: JSONValue?) throws {
        #expect(try resolve(["@replace": options]) == expected)
    }

    @Test(
        arguments: [
            (["@arrayPath": ["$.items"]], [["id": 1, "n": "x"], ["id": 2, "n": nil], 7]),
            (
                ["@arrayPath": ["$.items", ["i": ["@path": "$.id"], "l": "x"]]],
                [["i": 1, "l": "x"], ["i": 2, "l": "x"], ["l": "x"]]
            ),
            (["@arrayPath": ["$.items", ["@path": "$.n"]]], ["x", nil, nil]),
            (["@arrayPath": ["$.traits", ["e": ["@path": "email"]]]], [["e": "a@b.co"]]),
            (["@arrayPath": ["$.items", [:]]], [["id": 1, "n": "x"], ["id": 2, "n": nil], 7]),
            (["@arrayPath": ["$.userId", ["a": 1]]], "u1"), (["@arrayPath": ["$.missing", ["a": 1]]], nil),
            (["@arrayPath": [["@path": "$.list"], ["a": 1]]], []),
            (["@merge": ["objects": [["a": 1, "b": 1], ["b": 2]], "direction": "right"]], ["a": 1, "b": 2]),
            (["@merge": ["objects": [["a": 1, "b": 1], ["b": 2]], "direction": "left"]], ["a": 1, "b": 1]),
            (["@merge": ["objects": [["a": 1], ["a": ["@path": "$.missing"]]], "direction": "right"]], [:]),
            (
                [
                    "@merge": [
                        "objects": [
                            ["@literal": "ab"], ["@path": "$.nothing"], ["@path": "$.zero"], ["@path": "$.no"],
                            ["@path": "$.missing"], ["@literal": ["z"]],
                        ], "direction": "right",
                    ]
                ],
                ["0": "z", "1": "b"]
            ),
            (
                [
                    "@json": [
                        "mode": "encode",
                        "value": ["b": 1, "2": ["@path": "$.missing"], "1": [["@path": "$.missing"]]],
                    ]
                ], #"{"1":[null],"b":1}"#
            ),
            (["@json": ["mode": "encode", "value": ["@path": "$.big"]]], "9007199254740992"),
            (["@json": ["mode": "encode", "value": ["@path": "$.missing"]]], nil),
            (["@json": ["mode": "encode", "value": ["@path": "$.empty"]]], "\"\""),
            (["@json": ["mode": "decode", "value": #"{"a":[1]}"#]], ["a": [1]]),
            (["@json": ["mode": "decode", "value": "{a}"]], "{a}"),
            (["@json": ["mode": "decode", "value": ["@path": "$.zero"]]], 0),
            (
                [
                    "@flatten": [
                        "separator": "_", "value": ["a": ["b": 1, "c": [2, ["d": 3]]], "e": nil, "f": [], "g": [:]],
                    ]
                ], ["a_b": 1, "a_c_0": 2, "a_c_1_d": 3, "e": nil]
            ),
            (
                ["@flatten": ["separator": ".", "omitArrays": true, "value": ["a": [1], "b": []]]], ["a": [1], "b": []]
            ),
            (["@flatten": ["separator": ".", "value": ["@path": "$.userId"]]], ["": "u1"]),
            (["@flatten": ["separator": ".", "value": ["@path": "$.missing"]]], [:]),
            (
                ["@transform": ["apply": ["x": ["@path": "$.userId"]], "mapping": ["y": ["@template": "{{x}}!"]]]],
                ["y": "u1!"]
            ),
            (["@transform": ["apply": ["@path": "$.traits"], "mapping": ["@path": "$.email"]]], "a@b.co"),
            (["@transform": ["apply": ["@path": "$.missing"], "mapping": ["@path": "$."]]], [:]),
            (
                ["@transform": ["apply": ["@path": "$.missing"], "mapping": ["a": ["@path": "$.userId"], "b": 2]]],
                ["b": 2]
            ),
            (["@literal": ["a": ["@path": "$.zero"]]], ["a": 0]), (["@literal": ""], ""),
            (["@excludeWhenNull": ["@path": "$.nothing"]], nil),
            (["@excludeWhenNull": ["a": nil, "b": ["c": nil], "d": [nil]]], ["b": [:], "d": [nil]]),
            (["@liquid": "{{ userId | upcase }}"], "U1"), (["@liquid": ""], ""),
            (["@path": ["@template": "traits.email"]], "a@b.co"), (["@path": "$.userId", "_metadata": ["a": 1]], "u1"),
            (["a": [["@path": "$.missing"], ["@path": "$.zero"], nil]], ["a": [nil, 0, nil]]),
            (["a": ["@path": "$.missing"], "b": nil], ["b": nil]),
        ] as [(JSONValue, JSONValue?)]
    )
    func directive(mapping: JSONValue, expected: JSONValue?) throws {
        #expect(try resolve(mapping) == expected, "\(mapping)")
    }

    @Test func theRootDirectiveWrapsTheOthers() throws {
        let mapping = try EventMapping(compiling: [
            "__segment_internal_directive": ["@transform": ["apply": ["id": ["@path": "$.userId"]]]],
            "userId": ["@path": "$.id"],
        ])
        #expect(try mapping.resolve(Self.event) == ["userId": "u1"])
    }

    /// liquidjs counts in the event itself, so that what comes behind in the same mapping finds it there.
    @Test func countersAreSharedByTheFieldsOfAnEvent() throws {
        let mapping = try EventMapping(compiling: [
            "a": ["@liquid": "{% increment i %}{% decrement n %}"], "b": ["@liquid": "{% increment i %}{{ i }}"],
            "c": ["@path": "$.i"], "d": ["@arrayPath": ["$.items", ["@liquid": "{% increment i %}"]]],
            "e": ["@path": "$.n"],
        ])
        let event: JSONValue = ["n": 7, "items": [[:], [:]]]
        for _ in 0..<2 {
            #expect(
                try mapping.resolve(event) == ["a": "06", "b": "12", "c": 2, "d": ["0", "0"], "e": 6],
                "an event begins anew"
            )
        }
    }

    @Test(arguments: 0..<4)
    func membersNamedProtoAreDropped(seed: UInt64) throws {
        func value(_ depth: Int, _ generator: inout SplitMix64) -> (JSONValue, JSONValue) {
            switch Int.random(in: 0..<(depth < 4 ? 4 : 2), using: &generator) {
            case 0: return (1, 1)
            case 1: return ("__proto__", "__proto__")
            case 2:
                let elements = (0..<2).map { _ in value(depth + 1, &generator) }
                return (.array(elements.map(\.0)), .array(elements.map(\.1)))
            default:
                var (given, kept) = (JSONObject(), JSONObject())
                for key in ["a", "__proto__", "__proto", "b"] where Bool.random(using: &generator) {
                    let (own, expected) = value(depth + 1, &generator)
                    given[key] = own
                    if key != "__proto__" { kept[key] = expected }
                }
                return (.object(given), .object(kept))
            }
        }
        let mapping = try EventMapping(compiling: ["out": ["@path": "$.in"]])
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let (given, expected) = value(0, &generator)
            #expect(try mapping.resolve(["in": given]) == ["out": expected])
        }
    }
}
