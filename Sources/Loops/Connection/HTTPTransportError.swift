import NIOHTTP1
import NetworkErrors

/// Why a request got no whole answer; with that, whether Loops may have applied it.
struct HTTPTransportError: Error {
    enum Kind: Sendable, Equatable {
        /// Nothing of the request was written: certainly not applied.
        case unreachable
        /// Its latest start passed before anything of it was written: certainly not applied, and nobody's fault.
        case tooLate
        /// The request's time was over. May have been applied.
        case timedOut
        /// The connection broke, or spoke no HTTP, after bytes were written. May have been applied.
        case connectionLost
        /// The answer's body was longer than what is read. May have been applied.
        case tooLong
    }

    let kind: Kind
    /// For people; without secrets or bodies.
    let message: String
    /// The head of the answer, where it came before the fault. What a refusal says is there.
    var head: HTTPResponseHead?

    init(_ kind: Kind, _ message: String, head: HTTPResponseHead? = nil) {
        self.kind = kind
        self.message = message
        self.head = head
    }

    init(_ kind: Kind, _ error: any Error, head: HTTPResponseHead? = nil) {
        self.init(kind, NetworkErrorText.of(error), head: head)
    }
}

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
