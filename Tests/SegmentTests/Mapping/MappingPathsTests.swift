import JSON
import Testing

@testable import Segment

@Suite("MappingPaths: where a mapping takes its value from, told without an event")
struct MappingPathsTests {
    @Test(
        arguments: [
            (["@path": "$.userId"], ["userId"]), (["@path": "$.properties['customer id']"], ["properties.customer id"]),
            (["@path": "traits.a[0].b"], ["traits.a.0.b"]), ("fixed", []), (["@literal": ["@path": "$.a"]], []),
            (["@template": "acct-{{properties.id}}-{{{ userId }}}"], ["properties.id", "userId"]),
            (["@liquid": "{{ traits.email | downcase }}"], ["traits.email"]),
            (
                ["@if": ["exists": ["@path": "$.x"], "then": ["@path": "$.y"], "else": ["@path": "$.z"]]],
                ["y", "z"]
            ),
            (["@case": ["operator": "lower", "value": ["@path": "$.email"]]], ["email"]),
            ([["@path": "$.a"], ["@path": "$.a"], ["b": ["@path": "$.c"]]], ["a", "c"]),
        ] as [(JSONValue, [String])]
    )
    func sources(mapping: JSONValue, expected: [String]) {
        #expect(MappingPaths.sources(of: mapping) == expected)
    }
}
