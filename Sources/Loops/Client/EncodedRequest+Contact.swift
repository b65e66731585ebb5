import JSON

extension EncodedRequest {
    /// What is of the event itself, and not of its contact.
    private static let ofEvent = ["eventName", "eventProperties"]

    /// Whether the contact may be another one after this request.
    public var changesContact: Bool {
        switch operation {
        case .createOrUpdateContact, .deleteContact: true
        case .sendEvent: contactChange != nil
        }
    }

    /// What an event says of its contact, as an update; nil when it says nothing of it.
    ///
    /// An address counts, too: it makes the contact, or changes its address. A user ID alone never does.
    public var contactChange: EncodedRequest? {
        // Our own writing: it parses.
        guard operation == .sendEvent, let fields = (try? JSONParser.parse(body))?.objectValue else { return nil }
        var change = JSONObject()
        for (name, value) in fields where !Self.ofEvent.contains(name) { change[name] = value }
        guard change.keys.contains(where: { $0 != "userId" }) else { return nil }
        var call = EncodedRequest(LoopsRequest(operation: .createOrUpdateContact, body: change), idempotencyKey: nil)
        call.trace = trace
        return call
    }
}
