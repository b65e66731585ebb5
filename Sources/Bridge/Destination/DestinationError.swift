public import Segment

/// Why a mapping cannot be used. Mappings do not change by themselves: correct them and load again.
public enum DestinationError: Error, Equatable, Sendable, CustomStringConvertible {
    case trigger(TriggerError)
    case mapping(MappingErrors)
    case tooManyMappings(Int)

    public var description: String {
        switch self {
        case .trigger(let error): "trigger: \(error)"
        case .mapping(let faults): "mapping: \(faults)"
        case .tooManyMappings(let count): "\(count) mappings; a destination has at most \(Destination.mappingsMax)"
        }
    }
}
