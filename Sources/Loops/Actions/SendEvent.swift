import JSON

/// Segment's `sendEvent`: an event, and what it says of its contact.
enum SendEvent {
    static let traits = ActionTraits(
        method: "POST",
        path: "events/send",
        fields: [
            ActionField("email", .email),
            ActionField("eventName", .text, isRequired: true),
            ActionField("userId", .text, isRequired: true, isIdentity: true),
            ActionField("contactProperties", .object),
            ActionField("eventProperties", .object),
        ],
        requiredIdentity: .requiredFields,
        defaultTrigger: #"type = "track""#,
        defaultMapping: [
            "email": .first("$.properties.email", or: ["@path": "$.context.traits.email"]),
            "eventName": ["@path": "$.event"],
            "userId": ["@path": "$.userId"],
            "eventProperties": ["@path": "$.properties"],
        ],
        defaultPriority: 0,
        defaultMaxAge: nil,
        body: body,
        sendsIdempotencyKey: true,
        contactPropertiesField: "contactProperties",
        appliesContentOptions: true,
        isMergeable: false,
        erasesContact: false,
        contactEffect: .asBodySays(contactChange),
        notFoundOutcome: .wrongAddress
    )

    /// The contact properties come last and so overwrite the others.
    @Sendable private static func body(_ fields: JSONObject) -> JSONObject {
        var body = JSONObject()
        for name in ["email", "eventName", "userId", "eventProperties"] {
            if let value = fields[name] { body[name] = value }
        }
        for (name, value) in fields["contactProperties"]?.objectValue ?? [:] { body[name] = value }
        return body
    }

    /// An address counts, too: it makes the contact, or changes its address. A user ID alone never does.
    @Sendable private static func contactChange(_ body: JSONObject) -> JSONObject? {
        var change = JSONObject()
        for (name, value) in body where name != "eventName" && name != "eventProperties" { change[name] = value }
        return change.keys.contains { $0 != "userId" } ? change : nil
    }
}
