import JSON

/// Segment's `createOrUpdateContact`: a contact's properties and mailing lists.
enum CreateOrUpdateContact {
    static let traits = ActionTraits(
        method: "PUT",
        path: "contacts/update",
        fields: [
            ActionField("createdAt", .datetime),
            ActionField("customAttributes", .object),
            ActionField("email", .email),
            ActionField("firstName", .text),
            ActionField("lastName", .text),
            ActionField("mailingLists", .object),
            ActionField("source", .text),
            ActionField("subscribed", .boolean),
            ActionField("userGroup", .text),
            ActionField("userId", .text, isRequired: true, isIdentity: true),
        ],
        requiredIdentity: .requiredFields,
        defaultTrigger: #"type = "identify""#,
        defaultMapping: [
            "customAttributes": ["@path": "$.traits"],
            "email": .first("$.traits.email", or: ["@path": "$.email"]),
            "firstName": ["@path": "$.traits.firstName"],
            "lastName": ["@path": "$.traits.lastName"],
            "source": .first("$.traits.source", or: "Segment"),
            "userGroup": ["@path": "$.traits.userGroup"],
            "userId": ["@path": "$.userId"],
        ],
        defaultPriority: 0,
        defaultMaxAge: nil,
        body: body,
        sendsIdempotencyKey: false,
        contactPropertiesField: "customAttributes",
        appliesContentOptions: true,
        isMergeable: true,
        erasesContact: false,
        contactEffect: .always,
        notFoundOutcome: .wrongAddress
    )

    /// The custom attributes, the other fields over them, and always the mailing lists.
    @Sendable private static func body(_ fields: JSONObject) -> JSONObject {
        var body = fields["customAttributes"]?.objectValue ?? JSONObject()
        var lists = fields["mailingLists"]
        if lists?.objectValue?.isEmpty ?? true, let own = body["mailingLists"] { lists = own }
        body["mailingLists"] = nil
        for (name, value) in fields where name != "customAttributes" && name != "mailingLists" { body[name] = value }
        body["mailingLists"] = .object(subscriptions(lists))
        return body
    }

    /// Of the mailing lists only those with a truth value or its name; an array's elements stand under their indices.
    private static func subscriptions(_ lists: JSONValue?) -> JSONObject {
        var members: [(String, JSONValue)] = []
        switch lists {
        case .object(let object)?: members = object.map { ($0.key, $0.value) }
        case .array(let elements)?: members = elements.enumerated().map { ("\($0)", $1) }
        default: break
        }
        var subscriptions = JSONObject()
        for (list, value) in members {
            switch value {
            case .bool: subscriptions[list] = value
            case .string("true"): subscriptions[list] = true
            case .string("false"): subscriptions[list] = false
            default: break
            }
        }
        return subscriptions
    }
}
