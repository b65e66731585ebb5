/// Why a trigger was refused when it was loaded. The same text always fails again.
package struct TriggerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// 1-based, in Unicode scalars from the start of the trigger.
    package let column: Int
    /// What is wrong, as one sentence without the place.
    package let reason: String
    /// What to write instead, where that is known.
    package let hint: String?

    package var description: String {
        let place = "column \(column): \(reason)"
        return hint.map { "\(place); \($0)" } ?? place
    }
}
