public import JSON

extension LoopsAction {
    /// The request for the resolved fields of a mapping: validated, coerced and put where Loops expects them.
    ///
    /// Fields that the action does not know are left out, and so are null and empty texts.
    ///
    /// - Throws: ``FieldErrors`` with every fault of the event.
    public func request(from resolved: JSONObject) throws(FieldErrors) -> LoopsRequest {
        let fields = try validated(resolved)
        let body =
            switch self {
            case .createOrUpdateContact: Self.contactBody(fields)
            case .sendEvent: Self.eventBody(fields)
            case .deleteContact: Self.deletionBody(fields)
            }
        return LoopsRequest(operation: self, body: body)
    }

    /// The known fields, coerced, in the order of the mapping.
    func validated(_ resolved: JSONObject) throws(FieldErrors) -> JSONObject {
        var validated = JSONObject()
        var faults: [FieldError] = []
        for (name, value) in resolved {
            switch fate(of: value, in: name) {
            case .taken(let value): validated[name] = value
            case .refused(let fault): faults.append(fault)
            case .unknown, .empty: break
            }
        }
        for field in fields where field.isRequired {
            if resolved[field.name].map(Self.isEmpty) ?? true { faults.append(Self.missing(field.name)) }
        }
        if self == .deleteContact, faults.isEmpty, validated.isEmpty { faults.append(Self.missing("userId")) }
        guard faults.isEmpty else { throw FieldErrors(faults: faults) }
        return validated
    }

    private static func missing(_ name: String) -> FieldError {
        FieldError(path: "", keyword: .required, params: ["missingProperty": .string(name)])
    }

    /// The custom attributes, the other fields over them, and always the mailing lists.
    private static func contactBody(_ fields: JSONObject) -> JSONObject {
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

    /// The contact properties come last and so overwrite the others.
    private static func eventBody(_ fields: JSONObject) -> JSONObject {
        var body = JSONObject()
        for name in ["email", "eventName", "userId", "eventProperties"] {
            if let value = fields[name] { body[name] = value }
        }
        for (name, value) in fields["contactProperties"]?.objectValue ?? [:] { body[name] = value }
        return body
    }

    /// Loops takes exactly one of the two; the ID is the surer one.
    private static func deletionBody(_ fields: JSONObject) -> JSONObject {
        if let userId = fields["userId"] { return ["userId": userId] }
        return fields["email"].map { ["email": $0] } ?? JSONObject()
    }
}
