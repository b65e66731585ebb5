import JSON

/// One request as it goes over the wire, its body already in bytes.
///
/// The body is made once and sent as it is on every attempt: Loops compares the bodies that come with one idempotency key.
package struct EncodedRequest: Sendable, Equatable {
    package var operation: LoopsAction
    package var method: String
    /// Below the base address, without a leading slash.
    package var path: String
    package var body: [UInt8]
    /// At most 100 characters; nil where Loops takes none (``ActionTraits/sendsIdempotencyKey``).
    package var idempotencyKey: String?
    /// Where it stands in a trace; sent along. Nothing is decided by it.
    package var trace: TraceContext?

    /// The longest idempotency key that Loops takes.
    package static let maxIdempotencyKeyLength = 100

    package init(_ request: LoopsRequest, idempotencyKey: String?) {
        self.operation = request.operation
        self.method = request.method
        self.path = request.path
        self.body = JSONValue.object(request.body).serialized()
        self.idempotencyKey = request.operation.traits.sendsIdempotencyKey ? idempotencyKey : nil
    }
}
