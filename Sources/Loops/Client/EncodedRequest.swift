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

extension EncodedRequest {
    /// Whether the contact may be another one after this request.
    package var changesContact: Bool {
        switch operation.traits.contactEffect {
        case .always: true
        case .asBodySays: contactChange != nil
        }
    }

    /// What a request that is for something else says of its contact, as an update; nil when it says nothing of it.
    package var contactChange: EncodedRequest? {
        // Our own writing: it parses.
        guard case .asBodySays(let change) = operation.traits.contactEffect,
            let body = (try? JSONParser.parse(body))?.objectValue, let said = change(body)
        else { return nil }
        var call = EncodedRequest(LoopsRequest(operation: .createOrUpdateContact, body: said), idempotencyKey: nil)
        call.trace = trace
        return call
    }
}
