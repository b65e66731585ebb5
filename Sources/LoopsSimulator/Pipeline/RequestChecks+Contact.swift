import JSON

extension RequestChecks {
    /// Keys of an events/send body that are not contact properties.
    private static let eventKeys: Set<String> = ["eventName", "eventProperties"]
    /// Properties that the account has but the documents hide.
    private static let hiddenKeys: Set<String> = ["createdAt", "notes"]

    mutating func contact(
        _ body: JSONObject,
        requiresEmail: Bool,
        isEvent: Bool = false
    ) throws(Rejection) -> ContactWrite {
        var write = ContactWrite()
        write.email = try email(body)
        write.userID = try userID(body)
        if requiresEmail, write.email == nil { throw Rejection(400, "[sim] email is required") }
        if write.email == nil, write.userID == nil { throw Rejection(400, "[sim] email or userId is required") }
        for (key, value) in body {
            if key == "email" || key == "userId" || (isEvent && RequestChecks.eventKeys.contains(key)) { continue }
            try field(key, value, into: &write)
        }
        return write
    }

    private mutating func field(_ key: String, _ value: JSONValue, into write: inout ContactWrite) throws(Rejection) {
        if key == "mailingLists" {
            write.lists = try lists(value)
        } else if key == "subscribed" {
            switch value {
            case .bool(let isSubscribed): write.subscribed = isSubscribed
            case .null: break
            default: try rejectOrDrop(configuration.badType, key, "must be a boolean")
            }
        } else if let text = StandardText(rawValue: key) {
            switch value {
            case .string(let content): write.texts.append((text, content))
            case .null: write.texts.append((text, nil))
            default: try rejectOrDrop(configuration.badType, key, "must be a string")
            }
        } else {
            try property(key, value, into: &write)
        }
    }

    private func email(_ body: JSONObject) throws(Rejection) -> String? {
        switch body["email"] {
        case nil, .null?: return nil
        case .string(let given)?:
            let text = configuration.trimsEmail ? given.trimmedASCIISpace : given
            guard EmailAddress.isValid(text) else { throw Rejection.invalidEmail }
            if configuration.blocklistedEmail == .reject400 {
                let folded = text.lowercased()
                for pattern in team.blocklist where GlobPattern(pattern.lowercased()).matches(folded) {
                    throw Rejection(400, "[sim] the email is on the team's blocklist")
                }
            }
            return text
        default: throw Rejection.invalidEmail
        }
    }

    private mutating func userID(_ body: JSONObject) throws(Rejection) -> String? {
        switch body["userId"] {
        case nil, .null?: return nil
        case .string(let text)?:
            guard !text.isEmpty else { throw Rejection(400, "[sim] userId is empty") }
            return text
        default:
            try rejectOrDrop(configuration.badType, "userId", "must be a string")
            return nil
        }
    }

    private mutating func property(_ key: String, _ value: JSONValue, into write: inout ContactWrite) throws(Rejection)
    {
        if ContactProperty.reservedNames.contains(key) {
            if configuration.reservedProperty == .reject400 { throw Rejection(400, "[sim] \(key) is a reserved name") }
            note(.reservedProperty, key, "reserved, dropped")
            return
        }
        if case .array = value { return try rejectOrDrop(configuration.badType, key, "must not be an array") }
        if case .object = value { return try rejectOrDrop(configuration.badType, key, "must not be an object") }
        if RequestChecks.hiddenKeys.contains(key) {
            if configuration.hiddenProperty == .reject400 { throw Rejection(400, "[sim] \(key) cannot be written") }
            note(.hiddenProperty, key, "not documented as writable")
            if configuration.hiddenProperty == .store { write.properties.append((key, value)) }
            return
        }
        guard let known = team.properties.exactly(key) else {
            note(.unknownProperty, key, "not among the team's properties, dropped")
            return
        }
        if value != .null, !known.kind.takes(value) {
            let detail = "is a \(known.kind.rawValue) property and was given \(value.kindName)"
            if configuration.propertyTypeMismatch == .reject400 { throw Rejection(400, "[sim] \(key) \(detail)") }
            note(.propertyType, key, detail)
            if configuration.propertyTypeMismatch == .drop { return }
        }
        if known.kind == .date, DateText.looksLikeSeconds(value) {
            note(.dateInSeconds, key, "ten digits: seconds? Loops takes milliseconds")
        }
        write.properties.append((key, value))
    }

    private mutating func lists(_ value: JSONValue) throws(Rejection) -> [(id: String, isMember: Bool)] {
        switch value {
        case .null: return []
        case .array(let elements) where elements.isEmpty: return []
        case .object(let map):
            var result: [(id: String, isMember: Bool)] = []
            for (id, member) in map {
                guard case .bool(let isMember) = member else {
                    try rejectOrDrop(configuration.badType, "mailingLists.\(id)", "must be a boolean")
                    continue
                }
                guard team.lists.exactly(id) != nil else {
                    if configuration.unknownList == .reject400 { throw Rejection(400, "[sim] no mailing list \(id)") }
                    note(.unknownList, id, "not among the team's lists, ignored")
                    continue
                }
                result.append((id, isMember))
            }
            return result
        default:
            try rejectOrDrop(configuration.badType, "mailingLists", "must be an object")
            return []
        }
    }
}
