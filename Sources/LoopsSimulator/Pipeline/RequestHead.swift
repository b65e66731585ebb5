/// The head of an HTTP request, free of any HTTP library.
package struct RequestHead: Sendable {
    package let connection: Int
    package let method: String
    /// Path and query as they came.
    package let target: String
    /// Lower-case names.
    package let headers: [(name: String, value: String)]

    package init(connection: Int = 0, method: String, target: String, headers: [(name: String, value: String)] = []) {
        self.connection = connection
        self.method = method
        self.target = target
        self.headers = headers
    }

    func first(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The key after `Bearer`, whatever its case.
    var bearerKey: String? {
        guard let value = first("authorization"), value.count > 7, value.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return String(value.dropFirst(7)).trimmedASCIISpace
    }

    /// The path without the query and without `/api`.
    var apiPath: String {
        let path = target.prefix { $0 != "?" && $0 != "#" }
        return path.hasPrefix("/api/") ? String(path.dropFirst(4)) : String(path)
    }

    /// The query, decoded; `+` is a blank, as forms have it.
    var query: [String: String] {
        guard let mark = target.firstIndex(of: "?") else { return [:] }
        var result: [String: String] = [:]
        for pair in target[target.index(after: mark)...].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[RequestHead.decoded(sides[0])] = sides.count > 1 ? RequestHead.decoded(sides[1]) : ""
        }
        return result
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

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
