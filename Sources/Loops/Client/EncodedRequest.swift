import JSON

/// One request as it goes over the wire, its body already in bytes.
///
/// The body is made once and sent as it is on every attempt: Loops compares the bodies that come with one idempotency key.
public struct EncodedRequest: Sendable, Equatable {
    public var operation: LoopsAction
    public var method: String
    /// Below the base address, without a leading slash.
    public var path: String
    public var body: [UInt8]
    /// At most 100 characters; nil where Loops takes none (``ActionTraits/sendsIdempotencyKey``).
    public var idempotencyKey: String?
    /// Where it stands in a trace; sent along. Nothing is decided by it.
    public var trace: TraceContext?

    /// The longest idempotency key that Loops takes.
    public static let maxIdempotencyKeyLength = 100

    public init(_ request: LoopsRequest, idempotencyKey: String?) {
        self.operation = request.operation
        self.method = request.method
        self.path = request.path
        self.body = JSONValue.object(request.body).serialized()
        self.idempotencyKey = request.operation.traits.sendsIdempotencyKey ? idempotencyKey : nil
    }
}
