package import Loops
package import Segment

/// Why a mapping cannot be used. Mappings do not change by themselves: correct them and load again.
package enum DestinationError: Error, Equatable, Sendable, CustomStringConvertible {
    case trigger(TriggerError)
    /// The action has no trigger of its own.
    case noTrigger(LoopsAction)
    case mapping(MappingErrors)
    case tooManyMappings(Int)

    package var description: String {
        switch self {
        case .trigger(let error): "trigger: \(error)"
        case .noTrigger(let action):
            "needs a trigger: \(action.rawValue) has none of its own, so that nothing is sent for an event that nobody meant"
        case .mapping(let faults): "mapping: \(faults)"
        case .tooManyMappings(let count): "\(count) mappings; a destination has at most \(Destination.mappingsMax)"
        }
    }
}
