package import JSON
package import Loops
package import Segment

/// What one mapping makes of one event, and why.
package struct MappingExplanation: Sendable, Equatable {
    package enum End: Sendable, Equatable {
        /// The mapping is off and was not asked.
        case off
        case notMatched
        case request(LoopsRequest)
        /// Every fault in words.
        case faults([String])
    }

    package let name: String
    package let action: LoopsAction
    /// The trigger as it is written.
    package let triggerText: String
    package let trigger: TriggerExplanation
    /// Empty where the trigger does not match.
    package let fields: [FieldExplanation]
    /// Members of fields that were left out on the way to the request, as `/mailingLists/a`, with the reason.
    package let omissions: [Omission]
    package let adjustments: [Adjustment]
    package let end: End

    package struct Omission: Sendable, Equatable {
        package let path: String
        package let value: JSONValue
        package let reason: String
    }
}

/// One field of an action: its value, where that came from and what became of it.
package struct FieldExplanation: Sendable, Equatable {
    package enum Origin: Sendable, Equatable {
        /// The mapping says so.
        case given(String)
        /// The mapping leaves the field to the action's default.
        case defaulted(String)
        /// One directive gives all fields.
        case wholeMapping(String)
    }

    package enum Fate: Sendable, Equatable {
        case sent
        case coerced(to: JSONValue)
        /// JavaScript's `undefined`: the event has nothing there.
        case undefined
        case empty
        case unknown
        case refused(String)
        /// The field's mapping met something that it cannot work with.
        case failed(String)
    }

    package let name: String
    /// What the mapping resolved to; nil for `undefined`.
    package let value: JSONValue?
    package let origin: Origin
    package let fate: Fate
}
