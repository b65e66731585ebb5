package import JSON

/// What a person who looks at an event should know: where it differs from what Segment's own libraries send.
package enum EventHints {
    /// One sentence each; empty for most events.
    /// - Parameter event: as it came.
    package static func hints(for event: JSONValue) -> [String] {
        guard case .object(let given) = event else { return [] }
        var hints: [String] = []
        if CloudEvent.event(in: given) != nil {
            hints.append("the event stands in a CloudEvents envelope, which is opened")
        }
        let spelling = EventSpelling(CloudEvent.event(in: given) ?? given)
        let object = spelling.object
        hints += spelling.oddities.map(\.description)
        switch object["type"] {
        case .string(let type)? where SegmentEvent.isKnown(type):
            if case .unreadable(let time) = EventTime(of: .object(object)) {
                hints.append(EventOddity.unreadableTime(time).description)
            }
        default: hints.append("this looks like \(EntryLook(of: object).advice)")
        }
        return hints + self.hints(of: object)
    }

    private static func hints(of object: JSONObject) -> [String] {
        var hints: [String] = []
        if isEmpty(object["traits"]), !isEmpty(object["context"]?["traits"]), object["type"] == "identify" {
            hints.append(
                "the traits stand in context.traits only, as RudderStack's libraries send them, where the default mapping takes "
                    + "nothing from: map $.context.traits (docs/how-to/write-mappings.md, \"Recipes\")"
            )
        }
        for name in ["traits", "properties", "context"] where object[name]?.isNull == true {
            hints.append("\(name) is null, as if it were not there")
        }
        if let id = object["messageId"], id.doubleValue != nil {
            hints.append("the messageId is a number and counts as its digits")
        }
        if object["userId"] == nil || object["userId"]?.isNull == true,
            let inner = object["traits"]?["userId"]?.stringValue
        {
            hints.append("the userId stands in traits only (\(JSONValue.string(inner).jsonText)): map $.traits.userId")
        }
        if case .double(let number)? = object["userId"], number.magnitude >= 0x1p53 {
            hints.append("\(EntryError.roundedUserId)")
        }
        return hints
    }

    private static func isEmpty(_ value: JSONValue?) -> Bool { value?.objectValue?.isEmpty ?? true }
}
