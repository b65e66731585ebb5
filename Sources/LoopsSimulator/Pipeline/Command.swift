import JSON

/// A checked request, ready to be applied.
enum Command: Sendable {
    case write(ContactWrite)
    case create(ContactWrite)
    case event(ContactWrite, name: String, properties: JSONObject)
    case delete(ContactReference)
    case find(ContactReference)
    case transactional(TransactionalMail)
    case apiKey
    case properties(customOnly: Bool)
    case defineProperty(ContactProperty)
    case lists
}

/// Exactly one of the two names of a contact.
enum ContactReference: Sendable, Equatable {
    case email(String)
    case userID(String)
}

/// What a request says about a contact. Absent fields stay as they are.
struct ContactWrite: Sendable {
    var email: String?
    var userID: String?
    var subscribed: Bool?
    /// Standard text fields; nil empties.
    var texts: [(field: StandardText, value: String?)] = []
    /// Custom properties; null empties.
    var properties: [(key: String, value: JSONValue)] = []
    var lists: [(id: String, isMember: Bool)] = []
}

enum StandardText: String, Sendable, CaseIterable {
    case firstName
    case lastName
    case userGroup
    case source
}
