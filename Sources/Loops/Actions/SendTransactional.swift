import JSON

/// Ours: one mail to one person, as a password reset or a receipt, which Loops also sends to those who unsubscribed.
enum SendTransactional {
    static let traits = ActionTraits(
        method: "POST",
        path: "transactional",
        fields: [
            ActionField("addToAudience", .boolean),
            ActionField("attachments", .attachments),
            ActionField("dataVariables", .object),
            ActionField("email", .email, isRequired: true),
            ActionField("transactionalId", .text, isRequired: true),
        ],
        requiredIdentity: .requiredFields,
        // None: a mail that nobody meant cannot be taken back.
        defaultTrigger: nil,
        defaultMapping: [
            "email": .first("$.properties.email", or: .first("$.traits.email", or: ["@path": "$.context.traits.email"]))
        ],
        // Somebody waits for it: above all other priorities, unless a mapping has the same.
        defaultPriority: 1000,
        // An old password reset does harm.
        defaultMaxAge: .seconds(3600),
        body: body,
        sendsIdempotencyKey: true,
        contactPropertiesField: nil,
        // Loops' limits for properties do not hold for data variables, which may be long, and lists.
        appliesContentOptions: false,
        isMergeable: false,
        erasesContact: false,
        contactEffect: .asBodySays(contactChange),
        // Loops has no mail with this ID, and will not have it at the next attempt.
        notFoundOutcome: .rejected(.refused)
    )

    @Sendable private static func body(_ fields: JSONObject) -> JSONObject {
        var body = JSONObject()
        for name in ["transactionalId", "email", "addToAudience", "dataVariables", "attachments"] {
            // A team that may not attach files yet may still say that there are none.
            if name == "attachments", fields[name]?.arrayValue?.isEmpty ?? false { continue }
            if let value = fields[name] { body[name] = value }
        }
        return body
    }

    /// A contact is made where there is none; one that is there stays as it is.
    @Sendable private static func contactChange(_ body: JSONObject) -> JSONObject? {
        guard body["addToAudience"] == true, let email = body["email"] else { return nil }
        return ["email": email]
    }
}
