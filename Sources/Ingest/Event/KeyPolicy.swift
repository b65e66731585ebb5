import JSON

/// What a key may send. A browser's key is public: whoever has it could name any address, and Loops would mail it.
enum KeyPolicy {
    static func reason(against event: JSONValue, key: IngestKey) -> IngestDropReason? {
        let type = event["type"]?.stringValue
        if let types = key.types, !types.contains(type ?? "") { return .typeNotAllowed }
        if type == "track", let events = key.events, !events.contains(event["event"]?.stringValue ?? "") {
            return .eventNotAllowed
        }
        return !key.allowsEmail && namesAddress(event) ? .emailNotAllowed : nil
    }

    private static let places = [[], ["traits"], ["properties"], ["context", "traits"]]
    private static let identities = ["userId", "previousId", "anonymousId"]

    /// Whether an address stands where mappings take one from: a member `email`, in any capitals, or an ID that is one.
    private static func namesAddress(_ event: JSONValue) -> Bool {
        for place in places {
            var value: JSONValue? = event
            for step in place { value = value?[step] }
            guard let object = value?.objectValue else { continue }
            if object.contains(where: { isEmailName($0.key) && !$0.value.isNull }) { return true }
        }
        return identities.contains { event[$0]?.stringValue?.contains("@") == true }
    }

    private static func isEmailName(_ name: String) -> Bool {
        ["email", "e-mail", "emailaddress", "email_address"].contains(name.lowercased())
    }
}
