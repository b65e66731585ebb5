package import JSON

/// A contact of a team.
package struct Contact: Sendable, Equatable {
    package let id: String
    package internal(set) var email: String
    package internal(set) var userID: String?
    package internal(set) var firstName: String?
    package internal(set) var lastName: String?
    package internal(set) var userGroup = ""
    package internal(set) var source = "API"
    package internal(set) var subscribed = true
    package internal(set) var suppressed = false
    package internal(set) var lists: [String: ListMembership] = [:]
    package internal(set) var properties = JSONObject()
    /// Effects on this contact so far; the next one gets the number after it.
    package internal(set) var effects: Int64 = 0

    init(id: String, email: String, userID: String?) {
        self.id = id
        self.email = email
        self.userID = userID
    }

    /// The contact as `contacts/find` answers it.
    var foundBody: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["email"] = .string(email)
        object["firstName"] = firstName.map(JSONValue.string) ?? .null
        object["lastName"] = lastName.map(JSONValue.string) ?? .null
        object["source"] = .string(source)
        object["subscribed"] = .bool(subscribed)
        object["userGroup"] = .string(userGroup)
        object["userId"] = userID.map(JSONValue.string) ?? .null
        let inside = lists.filter { $0.value == .inside }.keys.sorted()
        object["mailingLists"] = .object(JSONObject(inside.map { ($0, JSONValue.bool(true)) }))
        object["optInStatus"] = .null
        for (key, value) in properties {
            object[key] = value
        }
        return .object(object)
    }
}
