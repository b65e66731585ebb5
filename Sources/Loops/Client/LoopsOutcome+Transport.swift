import HTTPTransport

extension LoopsOutcome.Retry {
    /// What a fault means for the request; nil when it was not even tried.
    init?(_ fault: HTTPTransportError.Kind) {
        switch fault {
        case .unreachable: self = .unreachable
        case .tooLate: return nil
        case .timedOut: self = .timedOut
        case .connectionLost: self = .connectionLost
        case .tooLong: self = .ambiguousAnswer
        }
    }
}
