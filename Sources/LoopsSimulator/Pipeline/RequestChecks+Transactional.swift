import JSON

extension RequestChecks {
    mutating func transactional(_ body: JSONObject) throws(Rejection) -> TransactionalMail {
        guard case .string(let email)? = body["email"], EmailAddress.isValid(email) else {
            throw Rejection.invalidEmail
        }
        guard case .string(let id)? = body["transactionalId"], !id.isEmpty else {
            throw Rejection(400, "[sim] transactionalId is required")
        }
        guard let required = team.transactionals.exactly(id) else {
            let text = "[sim] no transactional email has this id"
            let error: JSONValue = ["path": "transactionalId", "message": .string(text)]
            throw Rejection(404, text, details: JSONObject([("error", error)]))
        }
        let variables = try dataVariables(body["dataVariables"])
        let missing = required.filter { variables[$0] == nil }
        guard missing.isEmpty else {
            let text = "Missing required data variable(s): \(missing.joined(separator: ", "))"
            let error: JSONValue = ["path": "dataVariables", "message": .string(text)]
            throw Rejection(400, text, details: JSONObject([("error", error), ("transactionalId", .string(id))]))
        }
        return TransactionalMail(
            id: id,
            email: email,
            variables: variables,
            attachments: try attachments(body["attachments"]),
            addsToAudience: try flag("addToAudience", body["addToAudience"])
        )
    }

    private func flag(_ name: String, _ value: JSONValue?) throws(Rejection) -> Bool {
        guard let value else { return false }
        guard case .bool(let flag) = value else { throw Rejection(400, "[sim] \(name) must be a boolean") }
        return flag
    }

    /// Texts and numbers, and lists for array blocks (Loops API 1.21.6).
    private mutating func dataVariables(_ value: JSONValue?) throws(Rejection) -> JSONObject {
        guard let value else { return JSONObject() }
        guard case .object(let object) = value else { throw Rejection(400, "[sim] dataVariables must be an object") }
        var variables = JSONObject()
        for (name, value) in object {
            switch value {
            case .string, .int, .uint, .double, .array: variables[name] = value
            case .null, .bool, .object:
                try rejectOrDrop(
                    configuration.badDataVariable,
                    "dataVariables.\(name)",
                    "must be a string, a number or an array"
                )
            }
        }
        return variables
    }

    private func attachments(_ value: JSONValue?) throws(Rejection) -> [TransactionalMail.Attachment] {
        guard let value else { return [] }
        guard configuration.attachmentsEnabled else {
            throw Rejection(400, "[sim] attachments are not enabled for this team")
        }
        guard case .array(let files) = value else { throw Rejection(400, "[sim] attachments must be an array") }
        var attachments: [TransactionalMail.Attachment] = []
        for (index, file) in files.enumerated() {
            guard case .string(let name)? = file["filename"], case .string(let type)? = file["contentType"],
                case .string(let data)? = file["data"]
            else {
                throw Rejection(400, "[sim] attachments.\(index) needs filename, contentType and data")
            }
            guard let bytes = TransactionalMail.Attachment.byteCount(base64: data) else {
                throw Rejection(400, "[sim] attachments.\(index).data is not base64")
            }
            attachments.append(TransactionalMail.Attachment(filename: name, contentType: type, byteCount: bytes))
        }
        return attachments
    }

    /// A property that the team is to have from now on.
    func property(_ body: JSONObject) throws(Rejection) -> ContactProperty {
        guard case .string(let name)? = body["name"], let first = name.first, first.isASCII, first.isLowercase,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else {
            throw Rejection(400, "[sim] name must be in camelCase")
        }
        guard let kind = body["type"]?.stringValue.flatMap(ContactProperty.Kind.init(rawValue:)) else {
            throw Rejection(400, "[sim] type must be one of string, number, boolean, date")
        }
        if ContactProperty.reservedNames.contains(name) { throw Rejection(400, "[sim] \(name) is a reserved name") }
        if team.properties.exactly(name) != nil || ContactProperty.builtIn.contains(where: { $0.key == name }) {
            throw Rejection(400, "Property already exists.")
        }
        return ContactProperty(key: name, kind: kind)
    }
}
