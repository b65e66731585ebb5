import NIOHTTP1

extension LoopsResponse {
    /// Whether anybody answered at all, whatever was said.
    package var isAnswered: Bool {
        switch outcome {
        case .retry(.unreachable), .retry(.timedOut), .retry(.connectionLost): status != nil
        default: true
        }
    }

    /// Why the request failed, in words that hold nothing of the event, so that a log may have them: the network's reason, or what kind of answer came.
    package var cause: String {
        guard let status else { return advice.map { "\(message). \($0)" } ?? message }
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        let line = reason.isEmpty ? "\(status)" : "\(status) \(reason)"
        return switch outcome {
        case .retry(.ambiguousAnswer):
            "\(line), with a body that is no answer of Loops: something in between may have answered"
        case .retry(.contradictoryAnswer): "\(line), with a body that says success: false"
        case .retry(.unexpectedStatus): "\(line), which is no answer of Loops: something in between may have answered"
        case .retry(.connectionLost), .retry(.timedOut): "\(line), then: \(message)"
        default: line
        }
    }
}
