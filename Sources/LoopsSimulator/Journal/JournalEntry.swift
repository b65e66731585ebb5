/// One request as it was seen, from its first byte to the end of its answer.
package struct JournalEntry: Sendable {
    /// How the exchange ended.
    package enum Ending: String, Sendable {
        case answered
        /// The simulator closed the connection without a whole answer.
        case cut
        /// The client closed the connection before the answer was out.
        case clientLeft = "client_left"
    }

    /// Number among all requests, from 1.
    package let sequence: Int64
    /// Number of the connection it came on.
    package let connection: Int
    package let method: String
    /// Path and query as they came.
    package let target: String
    /// Headers with lower-case names; the key is redacted.
    package let headers: [(name: String, value: String)]
    /// Monotonic time at which the head of the request was there.
    package let arrivalNanoseconds: Int64
    package internal(set) var endpoint: Endpoint?
    package internal(set) var team: String?
    /// The body as it came, up to the configured maximum.
    package internal(set) var body: [UInt8] = []
    package internal(set) var bodyByteCount = 0
    package internal(set) var idempotencyKey: String?
    package internal(set) var userID: String?
    package internal(set) var email: String?
    /// The userId of the request, else its email: whom it is about.
    package internal(set) var contactKey: String?
    /// The contact that it came to, once applied.
    package internal(set) var contactID: String?
    package internal(set) var marker: String?
    package internal(set) var sequenceNumber: Int64?
    /// The status that was decided on, also when it never went out.
    package internal(set) var status: Int?
    /// Whether it had an effect.
    package internal(set) var isCommitted = false
    /// Whether it used its idempotency key up without an effect.
    package internal(set) var burntKey = false
    /// Fault rules that struck it.
    package internal(set) var rules: [String] = []
    /// Another request for the same contact that was still open when this one was read.
    package internal(set) var overlapped: Int64?
    /// Monotonic time at which the last byte of the answer was handed to the socket, or the connection had closed.
    package internal(set) var endNanoseconds: Int64?
    package internal(set) var ending: Ending?
}
