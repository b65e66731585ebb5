import Segment
import Testing

@Suite struct TriggerErrorTests {
    @Test(arguments: [
        ("", 1, "empty"),
        ("   ", 4, "empty"),
        (#"type"#, 5, "comparison"),
        (#"type = "#, 8, "value"),
        (#"type = track"#, 8, "not a value"),
        (#"type == "track""#, 6, "'=='"),
        (#"type = "track"#, 8, "does not end"),
        (#"type = 'track""#, 8, "does not end"),
        (#"type = "a" and"#, 15, "condition"),
        (#"type = "a" or or type = "b""#, 15, "not a field"),
        (#"and type = "a""#, 1, "not a field"),
        (#"type = "a" type = "b""#, 12, "'and', 'or'"),
        (#"type = "a" and event = "b" or event = "c""#, 28, "mixed"),
        (#"type = "a" and (event = "b" or event = "c" and name = "d")"#, 44, "mixed"),
        (#"(type = "a""#, 12, "')'"),
        (#"type = "a")"#, 11, "closes nothing"),
        (#"()"#, 2, "condition"),
        (#"!type = "a""#, 1, "function"),
        (#"!(type = "a")"#, 1, "function"),
        (#"typ = "a""#, 1, "not a field"),
        (#"anonymousId = "a""#, 1, "not a field"),
        (#"type.x = "a""#, 1, "no members"),
        (#"properties = null"#, 1, "needs a member"),
        (#"properties.items[0] = 1"#, 17, "array elements"),
        (#"properties.items.0 = 1"#, 18, "array elements"),
        (#"properties. = 1"#, 12, "behind the dot"),
        (#"properties.a\"#, 13, "backslash"),
        (#"properties.ü = 1"#, 12, "means nothing"),
        (#"properties.a = 1."#, 16, "not a number"),
        (#"properties.a = 1.2.3"#, 16, "not a number"),
        (#"properties.a = -"#, 16, "not a number"),
        (#"properties.a = 12px"#, 16, "not a number"),
        (#"properties.a % 2"#, 14, "means nothing"),
        (#"contains(event)"#, 15, "','"),
        (#"contains(event, 1)"#, 17, "text"),
        (#"contains(event, "a", "b")"#, 20, "two arguments"),
        (#"contains("a", event)"#, 10, "field"),
        (#"contains event"#, 10, "'('"),
        (#"Contains(event, "a")"#, 1, "not a function"),
        (#"matches(event, "a*")"#, 1, "not a field"),
        (#"match(event, "a")"#, 14, "pattern"),
        (#"match(event, "*a*")"#, 14, "pattern"),
        (#"match(event, "a*b")"#, 14, "pattern"),
        ("\"ü\" = type", 1, "condition"),
        ("type = \"ü\" x", 12, "'and', 'or'"),
    ])
    func says(trigger: String, column: Int, reason: String) throws {
        let error = try #require(throws: TriggerError.self) { try Trigger(parsing: trigger) }
        #expect(error.column == column, "\(error)")
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test(arguments: [
        (#"Type = "a""#, "'type'"),
        (#"propertie.x = 1"#, "'properties'"),
        (#"trait.x = 1"#, "'traits'"),
        (#"event = Signed"#, "quotes"),
        (#"match(event, "*a*")"#, "contains"),
        (#"type = "a" and name = "b" or name = "c""#, "parentheses"),
    ])
    func hints(trigger: String, hint: String) throws {
        let error = try #require(throws: TriggerError.self) { try Trigger(parsing: trigger) }
        #expect(error.hint?.contains(hint) == true, "\(error)")
    }
}
