import Destination
package import JSON
import Loops
import Segment

/// What mappings name at Loops, as far as they say it without an event.
package struct AccountName: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case contactProperty
        case mailingList
    }

    package let mapping: String
    package let kind: Kind
    package let name: String
    /// The value that the mapping always sends; nil where it comes from the event.
    package let literal: JSONValue?
}

extension Destination {
    /// Every contact property and mailing list that an enabled mapping names.
    package var accountNames: [AccountName] { mappings.filter(\.isEnabled).flatMap(\.accountNames) }
}

extension DestinationMapping {
    var accountNames: [AccountName] {
        guard let field = action.traits.contactPropertiesField, wholeOrigin == nil else { return [] }
        var names: [AccountName] = []
        func add(_ kind: AccountName.Kind, _ members: JSONObject?) {
            for (name, value) in members ?? [:] where !name.hasPrefix("@") {
                names.append(AccountName(mapping: self.name, kind: kind, name: name, literal: Self.literal(value)))
            }
        }
        let properties = fields[field]?.objectValue
        add(.contactProperty, properties?.members(where: { !ContentOptions.ownNames.contains($0) }))
        add(.mailingList, fields["mailingLists"]?.objectValue)
        add(.mailingList, properties?["mailingLists"]?.objectValue)
        return names
    }

    /// A value without directives.
    private static func literal(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .bool, .int, .uint, .double, .string: value
        case .array, .object: value["@literal"]
        }
    }
}

extension JSONObject {
    fileprivate func members(where isKept: (String) -> Bool) -> JSONObject {
        var object = JSONObject()
        for (name, value) in self where isKept(name) { object[name] = value }
        return object
    }
}
