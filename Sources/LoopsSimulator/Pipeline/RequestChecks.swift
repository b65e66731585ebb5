import JSON

/// Step "fields" of the pipeline: from a body to a command, without changing anything.
struct RequestChecks {
    let team: Team
    let configuration: ValidationConfiguration
    /// Things that are answered without an error.
    private(set) var findings: [Finding] = []

    struct Finding: Sendable {
        let kind: Violation.Kind
        let subject: String
        let detail: String
    }

    init(team: Team, configuration: ValidationConfiguration) {
        self.team = team
        self.configuration = configuration
    }

    mutating func command(
        _ endpoint: Endpoint,
        body: JSONObject,
        query: [String: String]
    ) throws(Rejection) -> Command {
        switch endpoint {
        case .updateContact: .write(try contact(body, requiresEmail: false))
        case .createContact: .create(try contact(body, requiresEmail: true))
        case .sendEvent: try event(body)
        case .deleteContact: .delete(try reference(body))
        case .findContact: .find(try reference(query))
        case .transactional: .transactional(try transactional(body))
        case .apiKey: .apiKey
        case .contactProperties: .properties(customOnly: query["list"] == "custom")
        case .createProperty: .defineProperty(try property(body))
        case .lists: .lists
        }
    }

    mutating func note(_ kind: Violation.Kind, _ subject: String, _ detail: String) {
        findings.append(Finding(kind: kind, subject: subject, detail: detail))
    }

    /// Refuses or records, as the setting says.
    mutating func rejectOrDrop(_ setting: RejectOrDrop, _ subject: String, _ detail: String) throws(Rejection) {
        if setting == .reject400 { throw Rejection(400, "[sim] \(subject) \(detail)") }
        note(.droppedValue, subject, detail)
    }

    private func reference(_ body: JSONObject) throws(Rejection) -> ContactReference {
        var names: [String: String] = [:]
        for field in ["email", "userId"] {
            switch body[field] {
            case nil, .null?: continue
            case .string(let text)?: names[field] = text
            default: throw Rejection(400, "[sim] \(field) must be a string")
            }
        }
        return try reference(names)
    }

    private func reference(_ names: [String: String]) throws(Rejection) -> ContactReference {
        switch (names["email"], names["userId"]) {
        case (let email?, nil):
            guard EmailAddress.isValid(email) else { throw Rejection.invalidEmail }
            return .email(email)
        case (nil, let userID?):
            return .userID(userID)
        case (nil, nil), (_?, _?):
            throw Rejection(400, "[sim] exactly one of email and userId is required")
        }
    }
}
