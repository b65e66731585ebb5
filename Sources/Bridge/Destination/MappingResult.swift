public import Loops
public import Segment

/// What one mapping makes of one event.
public struct MappingResult: Sendable {
    public enum Outcome: Sendable {
        /// The trigger does not match.
        case notMatched
        case request(LoopsRequest)
        /// The fields do not pass the action's validation.
        case invalid(FieldErrors)
        /// The mapping met something that it cannot work with.
        case mappingFailed(MappingError)
    }

    /// The name of the mapping.
    public let mapping: String
    public let priority: Int
    /// How old the event may be when its request is sent, and what becomes of it then; nil for any age.
    public let maxAge: Duration?
    public let latePolicy: LatePolicy
    public let outcome: Outcome
    /// What the mapping's options changed in the request.
    public let adjustments: [Adjustment]
}
