package import NIOHTTP1
import NIOSupport

/// Why a request got no whole answer; with that, whether the server may have applied it.
package struct HTTPTransportError: ExplainedError {
    package enum Kind: Sendable, Equatable {
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

    package let kind: Kind
    /// What happened, for people; without secrets or bodies.
    package let problem: String
    /// What to do about it, where the error itself knows.
    package var advice: String?
    /// The head of the answer, where it came before the fault. What a refusal says is there.
    package var head: HTTPResponseHead?
    /// Whether the request left after its `sendDeadline`: see ``HTTPConnection``.
    package var isOfLateRequest = false

    package init(_ kind: Kind, _ problem: String, head: HTTPResponseHead? = nil) {
        self.kind = kind
        self.problem = problem
        self.head = head
    }

    package init(_ kind: Kind, _ error: any Error, head: HTTPResponseHead? = nil) {
        let explained = error as? any ExplainedError
        self.init(kind, explained?.problem ?? NetworkErrorText.of(error), head: head)
        advice = explained?.advice
    }
}
