import JSON

extension RequestChecks {
    mutating func event(_ body: JSONObject) throws(Rejection) -> Command {
        let name = try eventName(body["eventName"])
        let write = try contact(body, requiresEmail: false, isEvent: true)
        let properties = try eventProperties(body["eventProperties"])
        if let known = team.events.exactly(name) { compare(properties, with: known) }
        return .event(write, name: name, properties: properties)
    }

    private func eventName(_ value: JSONValue?) throws(Rejection) -> String {
        guard case .string(let name)? = value, !name.allSatisfy(\.isWhitespace) else {
            throw Rejection(400, "[sim] eventName is required")
        }
        if configuration.colonInEventName == .reject400, name.contains(":") {
            throw Rejection(400, "[sim] eventName must not contain ':'")
        }
        return name
    }

    private mutating func eventProperties(_ value: JSONValue?) throws(Rejection) -> JSONObject {
        switch value {
        case nil, .null?: return JSONObject()
        case .array(let elements)? where elements.isEmpty: return JSONObject()
        case .object(let object)?:
            var result = JSONObject()
            for (key, value) in object {
                switch value {
                case .string, .int, .uint, .double, .bool:
                    result[key.trimmedASCIISpace] = value
                case .null, .array, .object:
                    try rejectOrDrop(
                        configuration.badEventValue,
                        "eventProperties.\(key)",
                        "must be a string, number, boolean or date"
                    )
                }
            }
            return result
        default:
            throw Rejection(400, "[sim] eventProperties must be an object")
        }
    }

    private mutating func compare(_ properties: JSONObject, with known: EventDefinition) {
        for (key, value) in properties {
            guard let kind = known.properties.exactly(key) else {
                note(.undeclaredEventProperty, "\(known.name).\(key)", "not usable in emails")
                continue
            }
            if !kind.takes(value), !kind.converts(value) {
                note(
                    .eventPropertyType,
                    "\(known.name).\(key)",
                    "\(value.kindName) does not convert to \(kind.rawValue)"
                )
            }
        }
    }
}

extension String {
    /// Without blanks, tabs and line ends at its ends.
    var trimmedASCIISpace: String {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        guard let start = firstIndex(where: { !blank($0) }), let end = lastIndex(where: { !blank($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}
