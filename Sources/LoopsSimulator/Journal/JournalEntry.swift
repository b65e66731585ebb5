/// One request as it was seen, from its first byte to the end of its answer.
public struct JournalEntry: Sendable {
    /// How the exchange ended.
    public enum Ending: String, Sendable {
        case answered
        /// The simulator closed the connection without a whole answer.
        case cut
        /// The client closed the connection before the answer was out.
        case clientLeft = "client_left"
    }

    /// Number among all requests, from 1.
    public let sequence: Int64
    /// Number of the connection it came on.
    public let connection: Int
    public let method: String
    /// Path and query as they came.
    public let target: String
    /// Headers with lower-case names; the key is redacted.
    public let headers: [(name: String, value: String)]
    /// Monotonic time at which the head of the request was there.
    public let arrivalNanoseconds: Int64
    public internal(set) var endpoint: Endpoint?
    public internal(set) var team: String?
    /// The body as it came, up to the configured maximum.
    public internal(set) var body: [UInt8] = []
    public internal(set) var bodyByteCount = 0
    public internal(set) var idempotencyKey: String?
    public internal(set) var userID: String?
    public internal(set) var email: String?
    /// The userId of the request, else its email: whom it is about.
    public internal(set) var contactKey: String?
    /// The contact that it came to, once applied.
    public internal(set) var contactID: String?
    public internal(set) var marker: String?
    public internal(set) var sequenceNumber: Int64?
    /// The status that was decided on, also when it never went out.
    public internal(set) var status: Int?
    /// Whether it had an effect.
    public internal(set) var isCommitted = false
    /// Whether it used its idempotency key up without an effect.
    public internal(set) var burntKey = false
    /// Fault rules that struck it.
    public internal(set) var rules: [String] = []
    /// Another request for the same contact that was still open when this one was read.
    public internal(set) var overlapped: Int64?
    /// Monotonic time at which the last byte of the answer was handed to the socket, or the connection had closed.
    public internal(set) var endNanoseconds: Int64?
    public internal(set) var ending: Ending?
}
