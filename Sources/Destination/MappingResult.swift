package import Loops
package import Segment

/// What one mapping makes of one event.
package struct MappingResult: Sendable {
    package enum Outcome: Sendable {
        /// The trigger does not match.
        case notMatched
        case request(LoopsRequest)
        /// The fields do not pass the action's validation.
        case invalid(FieldErrors)
        /// The mapping met something that it cannot work with.
        case mappingFailed(MappingError)
    }

    /// The name of the mapping.
    package let mapping: String
    package let priority: Int
    /// How old the event may be when its request is sent, and what becomes of it then; nil for any age.
    package let maxAge: Duration?
    package let latePolicy: LatePolicy
    package let outcome: Outcome
    /// What the mapping's options changed in the request.
    package let adjustments: [Adjustment]
}
