import JSON
import Segment
import Testing

@Suite struct TriggerTests {
    /// Corners that one event shows; the vectors hold the breadth.
    @Test(arguments: [
        (#"type = "track""#, true),
        (#"type = 'track'"#, true),
        (#"type="track"and event="Signed Up""#, true),
        ("type = track_".replacing("track_", with: "\"track\"\n\tand userId != null"), true),
        (#"(type = "track")"#, true),
        (#"((((type = "track"))))"#, true),
        (#"type = "Track""#, false),
        (#"event != null"#, true),
        (#"event = null"#, false),
        (#"name = null"#, true),
        (#"name != null"#, false),
        (#"name != "x""#, true),
        (#"userId = "7""#, false),
        (#"userId = 7"#, false),
        (#"userId != 7"#, true),
        (#"userId < 8"#, true),
        (#"userId <= "7""#, true),
        (#"userId > true"#, false),
        (#"userId = null"#, false),
        (#"userId != null"#, true),
        (#"properties.count = 3"#, true),
        (#"properties.count = 3.0"#, true),
        (#"properties.count = "3""#, false),
        (#"properties.count != "3""#, true),
        (#"properties.count != 3"#, false),
        (#"properties.count != 4"#, true),
        (#"properties.plan != 4"#, false),
        (#"properties.count > "2""#, true),
        (#"properties.count > " 0x2 ""#, true),
        (#"properties.count > """#, true),
        (#"properties.count > "two""#, false),
        (#"properties.count > true"#, true),
        (#"properties.count >= null"#, false),
        (#"properties.count > -1"#, true),
        (#"properties.count > +2.5"#, true),
        (#"properties.yes = true"#, true),
        (#"properties.yes = "true""#, false),
        (#"properties.yes != true"#, true),
        (#"properties.no = false"#, true),
        (#"properties.word != true"#, false),
        (#"properties.nothing = null"#, true),
        (#"properties.nothing != null"#, false),
        (#"properties.missing.deeper = null"#, true),
        (#"properties.plan.length = 3"#, true),
        (#"properties.items.length = 2"#, true),
        (#"properties.nested.deep.a = "b""#, true),
        (#"properties.with\ space = 1"#, true),
        (#"properties.b\üro = 1"#, true),
        (#"properties.dash-ed = 1"#, true),
        (#"traits.plan = null"#, true),
        (#"context.page.path = "/a""#, true),
        (#"contains(properties.plan, "ro")"#, true),
        (#"contains(properties.plan, "")"#, true),
        (#"contains(properties.plan, "RO")"#, false),
        (#"contains(properties.count, "3")"#, false),
        (#"!contains(properties.count, "3")"#, false),
        (#"!contains(properties.plan, "x")"#, true),
        (#"!contains(properties.missing, "x")"#, false),
        (#"match(event, "Signed*")"#, true),
        (#"match(event, "*Up")"#, true),
        (#"match(event, "*")"#, true),
        (#"match( event , '*Up' )"#, true),
        (#"!match(event, "*Up")"#, false),
        (#"match(userId, "7*")"#, false),
    ])
    func answers(trigger: String, expected: Bool) throws {
        let event: JSONValue = [
            "type": "track", "event": "Signed Up", "userId": 7,
            "properties": [
                "count": 3, "plan": "pro", "yes": true, "no": false, "word": "true", "nothing": nil,
                "with space": 1, "büro": 1, "dash-ed": 1, "items": [1, 2], "nested": ["deep": ["a": "b"]],
            ],
            "context": ["page": ["path": "/a"]],
        ]
        #expect(try Trigger(parsing: trigger).matches(event) == expected)
    }

    @Test(arguments: [JSONValue.null, true, 1, "type", [], [["type": "track"]]])
    func matchesOnlyObjects(event: JSONValue) throws {
        #expect(try Trigger(parsing: #"type != "x""#).matches(event) == false)
    }

    /// Texts that Swift's `==` calls equal and JavaScript does not.
    @Test func comparesTextsByTheirUnits() throws {
        let trigger = try Trigger(parsing: "event = \"\u{e9}\"")
        #expect(trigger.matches(["event": "\u{e9}"]))
        #expect(!trigger.matches(["event": "e\u{301}"]))
        #expect(try !Trigger(parsing: "contains(event, \"e\")").matches(["event": "\u{e9}"]))
        #expect(try Trigger(parsing: "contains(event, \"e\")").matches(["event": "e\u{301}"]))
    }

    @Test func nestsToItsLimit() throws {
        let deep = { (depth: Int) in
            String(repeating: "(", count: depth) + #"type = "x""# + String(repeating: ")", count: depth)
        }
        #expect(try Trigger(parsing: deep(200)).matches(["type": "x"]))
        #expect(throws: TriggerError.self) { try Trigger(parsing: deep(201)) }
        #expect(throws: TriggerError.self) { try Trigger(parsing: deep(4_000)) }
        #expect(throws: TriggerError.self) { try Trigger(parsing: String(repeating: "(", count: 9_999)) }
        #expect(throws: TriggerError.self) {
            try Trigger(parsing: "event = \"" + String(repeating: "x", count: Trigger.bytesMax) + "\"")
        }
    }
}
