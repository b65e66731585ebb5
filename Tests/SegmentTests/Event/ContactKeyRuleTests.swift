import JSON
import Segment
import Testing

@Suite struct ContactKeyRuleTests {
    @Test(
        arguments: [
            (["userId": "u", "traits": ["email": "t"]], "u"), (["userId": "", "traits": ["email": "t"]], "t"),
            (["userId": nil, "properties": ["email": "p"]], "p"),
            (["context": ["traits": ["email": "c"]], "anonymousId": "a"], "c"),
            (["anonymousId": "a"], "a"), (["userId": 42], "42"), (["userId": 42.0], "42"), (["userId": -7], "-7"),
            (["userId": -0.0], "0"),
            (["userId": 9_007_199_254_740_991], "9007199254740991"),
            (["userId": 9_007_199_254_740_992], "9007199254740992"),
            (["userId": 653_247_040_368_672_769], "653247040368672769"),
            (["userId": .uint(.max)], "18446744073709551615"), (["userId": 0x1p53, "anonymousId": "a"], "a"),
            (["userId": 1e300, "anonymousId": "a"], "a"), (["userId": 1.5, "anonymousId": "a"], "a"),
            (["userId": true, "anonymousId": "a"], "a"), (["userId": ["x"], "anonymousId": "a"], "a"),
            (["userId": ["x": 1], "anonymousId": "a"], "a"), (["traits": [["email": "t"]], "anonymousId": "a"], "a"),
            (["userId": " "], " "), ([:], nil), (["email": "x"], nil), ([], nil), ("u", nil),
        ] as [(JSONValue, String?)]
    )
    func firstThatCounts(event: JSONValue, expected: String?) {
        #expect(ContactKeyRule().key(of: event) == expected)
    }

    @Test func pathsAreConfigurable() {
        let rule = ContactKeyRule(paths: ["context.groupId", "", ".userId."])
        #expect(rule.key(of: ["userId": "u", "context": ["groupId": 5]]) == "5")
        #expect(rule.key(of: ["userId": "u"]) == "u")
        #expect(rule.paths == ["context.groupId", "", ".userId."])
    }
}
