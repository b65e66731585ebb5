import JSON
import Segment
import Testing

@Suite("A trigger explains what it answers")
struct TriggerExplanationTests {
    typealias Part = TriggerExplanation.Part

    private static let conditions = [
        #"type = "track""#, #"type != "track""#, #"event = "5""#, #"userId = null"#, #"userId != null"#,
        #"properties.a = true"#, #"properties.a = false"#, #"properties.n = 5"#, #"properties.n != -0.5"#,
        #"properties.n < 10"#, #"properties.n <= 10"#, #"properties.n > 1e0"#.replacing("1e0", with: "1"),
        #"properties.n >= 6"#, #"contains(event, "ign")"#, #"!contains(event, "ign")"#, #"match(event, "Sign*")"#,
        #"!match(traits.first\ name, "*n")"#, #"traits.plan = 'say "hi"'"#,
    ]
    private static let events: [JSONValue] = [
        ["type": "track", "event": "Signed Up", "userId": "u", "properties": ["a": true, "n": 5]],
        ["type": "page", "event": "5", "userId": nil, "properties": ["a": false, "n": 10]],
        ["type": 5, "traits": ["first name": "Ann", "plan": "say \"hi\""], "properties": ["a": "x", "n": "5"]],
        [:], 5, nil,
    ]

    @Test("A condition is written as it was read", arguments: conditions)
    func text(_ text: String) throws {
        guard case .condition(let condition) = try Trigger(parsing: text).explain([:]).root else {
            Issue.record("\(text) is one condition")
            return
        }
        #expect(condition.text == text)
    }

    @Test("A number for 'type' is asked for as a text, and shown so")
    func numbersOfTexts() throws {
        guard case .condition(let condition) = try Trigger(parsing: "type = 5").explain(["type": "5"]).root else {
            Issue.record("one condition")
            return
        }
        #expect(condition == .init(text: #"type = "5""#, isMet: true, found: "5"))
    }

    @Test("It answers as matches does, for pairs in groups", arguments: conditions)
    func agreement(_ left: String) throws {
        for right in Self.conditions {
            for text in [left, "\(left) and \(right)", "\(left) or (\(right) and \(left))", "(\(left)) or (\(right))"] {
                let trigger = try Trigger(parsing: text)
                for event in Self.events {
                    let explanation = trigger.explain(event)
                    #expect(explanation.isMatched == trigger.matches(event), "\(text) on \(event)")
                    if event.objectValue != nil { #expect(explanation.root.isMet == explanation.isMatched) }
                }
            }
        }
    }

    @Test("Each condition says what it met, those that decide nothing as well")
    func found() throws {
        let trigger = try Trigger(parsing: #"type = "track" and (event = "A" or traits.plan != "free")"#)
        let explanation = trigger.explain(["type": "identify", "event": "A"])
        #expect(!explanation.isMatched)
        #expect(
            explanation.root
                == .all([
                    .condition(.init(text: #"type = "track""#, isMet: false, found: "identify")),
                    .any([
                        .condition(.init(text: #"event = "A""#, isMet: true, found: "A")),
                        .condition(.init(text: #"traits.plan != "free""#, isMet: true, found: nil)),
                    ]),
                ])
        )
    }

    @Test("What Segment leaves out is not there")
    func nothing() throws {
        #expect(try Trigger(parsing: #"contains(type, "x")"#).explain(["type": "x"]).root == .nothing)
    }
}
