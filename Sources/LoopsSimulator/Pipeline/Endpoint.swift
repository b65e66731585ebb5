/// The operations of the Loops API that the simulator answers.
package enum Endpoint: String, Sendable, CaseIterable {
    case updateContact
    case createContact
    case deleteContact
    case findContact
    case contactProperties
    case createProperty
    case sendEvent
    case transactional
    case apiKey
    case lists

    package var method: String {
        switch self {
        case .updateContact: "PUT"
        case .createContact, .deleteContact, .createProperty, .sendEvent, .transactional: "POST"
        case .findContact, .contactProperties, .apiKey, .lists: "GET"
        }
    }

    /// Path under `/api`.
    package var path: String {
        switch self {
        case .updateContact: "/v1/contacts/update"
        case .createContact: "/v1/contacts/create"
        case .deleteContact: "/v1/contacts/delete"
        case .findContact: "/v1/contacts/find"
        case .contactProperties, .createProperty: "/v1/contacts/properties"
        case .sendEvent: "/v1/events/send"
        case .transactional: "/v1/transactional"
        case .apiKey: "/v1/api-key"
        case .lists: "/v1/lists"
        }
    }

    /// Whether `Idempotency-Key` means anything here.
    package var honoursIdempotencyKey: Bool { self == .sendEvent || self == .transactional }

    var readsBody: Bool { method != "GET" }

    /// Whether the 500-character rule holds here; transactional mails may be long.
    var limitsLength: Bool { self == .updateContact || self == .createContact || self == .sendEvent }

    private static let byPath = Dictionary(grouping: allCases, by: \.path)

    /// The endpoint of a path below `/api`, or nil when Loops has none there. With a method that the path does not take, one that it takes.
    package static func at(path: String, method: String) -> Endpoint? {
        byPath[path].flatMap { endpoints in endpoints.first { $0.method == method } ?? endpoints.first }
    }

    /// The methods that its path takes.
    var allowedMethods: String { (Endpoint.byPath[path] ?? [self]).map(\.method).joined(separator: ", ") }
}
