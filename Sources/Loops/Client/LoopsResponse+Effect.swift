/// What an answer says about whether the request took effect.
extension LoopsResponse {
    /// Answers of something between us and Loops that has waited for Loops in vain (504, and Cloudflare's 520, 522 and 524), or has lost it (502).
    private static let gateway = [502, 504, 520, 522, 524]

    /// Whether the request may take effect after this answer: nobody who knows has said that it is over.
    package var mayTakeEffectLate: Bool {
        switch outcome {
        case .retry(.timedOut), .retry(.connectionLost), .retry(.requestTimeout): true
        case .retry(.serverError): status.map { Self.gateway.contains($0) } ?? true
        case .retry, .delivered, .alreadyDelivered, .throttled, .unauthorized, .wrongAddress, .rejected: false
        }
    }

    /// Whether the request may have taken effect. A 503 says that the server could not look at it, as a 429 and a 401 do.
    package var mayHaveSucceeded: Bool {
        switch outcome {
        case .delivered, .alreadyDelivered: true
        case .retry(.serverError): status != 503
        case .retry(.requestTimeout), .retry(.timedOut), .retry(.connectionLost), .retry(.ambiguousAnswer),
            .retry(.contradictoryAnswer), .retry(.inProgress):
            true
        case .retry(.unreachable), .retry(.unexpectedStatus), .retry(.forbidden), .retry(.notFound): false
        case .throttled, .unauthorized, .wrongAddress, .rejected: false
        }
    }
}
