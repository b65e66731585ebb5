import JSON
import Loops
import Testing

@Suite struct SafeOptionsTests {
    private static let long = String(repeating: "x", count: 499)

    private func apply(_ options: ContentOptions, _ body: JSONObject, _ action: LoopsAction = .createOrUpdateContact)
        -> (
            JSONObject, [String]
        )
    {
        let (request, adjustments) = options.apply(to: LoopsRequest(operation: action, body: body))
        return (request.body, adjustments.map { "\($0.kind.rawValue) \($0.path)" })
    }

    @Test func offChangesNothing() {
        let body: JSONObject = [
            "userId": "u", "id": 1, "nested": ["a": [1]], "text": .string(Self.long), "mailingLists": ["a": true],
        ]
        #expect(ContentOptions().isOff)
        let (result, notes) = apply(ContentOptions(), body)
        #expect(result == body)
        #expect(notes.isEmpty)
    }

    @Test func nestedFlattened() {
        let (body, notes) = apply(
            ContentOptions(nested: .flatten),
            [
                "userId": "u", "a": ["b": 1, "c": [true, ["d": nil]]], "a_b": 2, "list": [],
                "mailingLists": ["x": true],
            ]
        )
        #expect(body == ["userId": "u", "a_b": 2, "a_c_0": true, "a_c_1_d": nil, "mailingLists": ["x": true]])
        #expect(notes == ["flattened /a", "flattened /list"])
    }

    @Test func nestedDropped() {
        let (body, notes) = apply(
            ContentOptions(nested: .drop),
            ["userId": "u", "a": ["b": 1], "c": [1], "d": 1, "mailingLists": [:]]
        )
        #expect(body == ["userId": "u", "d": 1, "mailingLists": [:]])
        #expect(notes == ["droppedNested /a", "droppedNested /c"])
    }

    @Test func nestedEventPropertiesStayInTheirPlace() {
        let (body, notes) = apply(
            ContentOptions(nested: .flatten),
            ["userId": "u", "eventName": "E", "eventProperties": ["a": ["b": 1]], "c": ["d": 2]],
            .sendEvent
        )
        #expect(body == ["userId": "u", "eventName": "E", "eventProperties": ["a_b": 1], "c_d": 2])
        #expect(notes == ["flattened /eventProperties/a", "flattened /c"])
    }

    @Test func placesAreJSONPointers() {
        let long = JSONValue.string(Self.long)
        let (_, notes) = apply(ContentOptions(nested: .flatten, longText: .drop), ["a/b": ["c~d": long], "e~f": long])
        #expect(notes == ["flattened /a~1b", "droppedText /a~1b/c~0d", "droppedText /e~0f"])
        let (_, own) = apply(ContentOptions(longText: .drop), ["eventProperties": ["a/b": long]], .sendEvent)
        #expect(own == ["droppedText /eventProperties/a~1b"])
    }

    @Test func flattenedNamesHaveALimit() {
        let name = String(repeating: "k", count: 200)
        let (body, notes) = apply(ContentOptions(nested: .flatten), ["a": .object([name: ["b": .object([name: 1])]])])
        #expect(body.isEmpty)
        #expect(notes.last == "droppedNested /a/\(name)/b/\(name)")
    }

    @Test func longTextCutBetweenCharacters() {
        let faces = String(repeating: "👩‍👩‍👧", count: 100)
        let (body, notes) = apply(
            ContentOptions(longText: .truncate),
            [
                "userId": .string(Self.long), "firstName": .string(Self.long), "plan": .string(faces),
                "ok": .string(String(Self.long.dropLast())),
            ]
        )
        #expect(body["userId"] == .string(Self.long))
        #expect(body["firstName"] == .string(String(repeating: "x", count: 498)))
        #expect(body["plan"] == .string(String(repeating: "👩‍👩‍👧", count: 62)))
        #expect(notes == ["truncatedText /firstName", "truncatedText /plan"])
    }

    @Test func longTextDropped() {
        let (body, notes) = apply(
            ContentOptions(longText: .drop),
            ["eventName": "E", "eventProperties": ["a": .string(Self.long), "b": 1], "c": .string(Self.long)],
            .sendEvent
        )
        #expect(body == ["eventName": "E", "eventProperties": ["b": 1]])
        #expect(notes == ["droppedText /eventProperties/a", "droppedText /c"])
    }

    @Test func reservedAndUnlistedNames() {
        let options = ContentOptions(dropsReservedNames: true, allowedProperties: ["plan", "id"])
        let (body, notes) = apply(
            options,
            ["userId": "u", "firstName": "a", "id": 1, "plan": 2, "other": 3, "mailingLists": [:], "createdAt": 5]
        )
        #expect(body == ["userId": "u", "firstName": "a", "plan": 2, "mailingLists": [:], "createdAt": 5])
        #expect(notes == ["droppedReserved /id", "droppedByAllowList /other"])
        let event = apply(options, ["eventName": "E", "eventProperties": ["id": 1, "other": 2]], .sendEvent)
        #expect(event.0 == ["eventName": "E", "eventProperties": ["id": 1, "other": 2]])
    }

    @Test func aDeletionIsNeverChanged() {
        let (body, notes) = apply(ContentOptions(longText: .drop), ["userId": .string(Self.long)], .deleteContact)
        #expect(body == ["userId": .string(Self.long)])
        #expect(notes.isEmpty)
    }
}
