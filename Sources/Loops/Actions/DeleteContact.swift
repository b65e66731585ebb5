import JSON

/// Ours: takes a contact away.
enum DeleteContact {
    static let traits = ActionTraits(
        method: "POST",
        path: "contacts/delete",
        fields: [
            ActionField("email", .email),
            ActionField("userId", .text, isIdentity: true),
        ],
        requiredIdentity: .userIDOrEmail,
        defaultTrigger: #"type = "delete""#,
        defaultMapping: [
            "userId": ["@path": "$.userId"],
            "email": [
                "@if": [
                    "exists": ["@path": "$.userId"],
                    "else": .first("$.traits.email", or: ["@path": "$.context.traits.email"]),
                ]
            ],
        ],
        defaultPriority: 0,
        defaultMaxAge: nil,
        body: body,
        sendsIdempotencyKey: false,
        contactPropertiesField: nil,
        appliesContentOptions: false,
        isMergeable: false,
        erasesContact: true,
        contactEffect: .always,
        // A contact that is not there is as deleted as can be: a deletion that is repeated after a lost answer succeeds.
        notFoundOutcome: .delivered
    )

    /// Loops takes exactly one of the two.
    @Sendable private static func body(_ fields: JSONObject) -> JSONObject {
        if let userID = fields["userId"] { return ["userId": userID] }
        return fields["email"].map { ["email": $0] } ?? JSONObject()
    }
}
