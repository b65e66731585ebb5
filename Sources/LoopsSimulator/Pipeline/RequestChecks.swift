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

/// What passes as an email address. Loops does not publish its rule; this one takes what a mail server could take.
enum EmailAddress {
    static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= 254 else { return false }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let domain = parts.last else { return false }
        guard !local.isEmpty, local.utf8.count <= 64, !domain.isEmpty else { return false }
        let forbidden: Set<Character> = ["<", ">", "(", ")", "[", "]", ",", ";", ":", "\\", "\""]
        guard text.allSatisfy({ !$0.isWhitespace && !forbidden.contains($0) }) else { return false }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return false }
        guard local.first != ".", local.last != ".", !text.contains("..") else { return false }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && $0.first != "-" && $0.last != "-" }
    }
}
