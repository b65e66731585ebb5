public import JSON
public import Loops
public import Segment

/// What one mapping makes of one event, and why.
public struct MappingExplanation: Sendable, Equatable {
    public enum End: Sendable, Equatable {
        /// The mapping is off and was not asked.
        case off
        case notMatched
        case request(LoopsRequest)
        /// Every fault in words.
        case faults([String])
    }

    public let name: String
    public let action: LoopsAction
    /// The trigger as it is written.
    public let triggerText: String
    public let trigger: TriggerExplanation
    /// Empty where the trigger does not match.
    public let fields: [FieldExplanation]
    /// Members of fields that were left out on the way to the request, as `/mailingLists/a`, with the reason.
    public let omissions: [Omission]
    public let adjustments: [Adjustment]
    public let end: End

    public struct Omission: Sendable, Equatable {
        public let path: String
        public let value: JSONValue
        public let reason: String
    }
}

/// One field of an action: its value, where that came from and what became of it.
public struct FieldExplanation: Sendable, Equatable {
    public enum Origin: Sendable, Equatable {
        /// The mapping says so.
        case given(String)
        /// The mapping leaves the field to the action's default.
        case defaulted(String)
        /// One directive gives all fields.
        case wholeMapping(String)
    }

    public enum Fate: Sendable, Equatable {
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

    public let name: String
    /// What the mapping resolved to; nil for `undefined`.
    public let value: JSONValue?
    public let origin: Origin
    public let fate: Fate
}
