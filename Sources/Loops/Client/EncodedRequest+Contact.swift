import JSON

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
