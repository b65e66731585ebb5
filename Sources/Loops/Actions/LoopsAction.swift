public import JSON

/// What can be done at Loops for an event.
///
/// The first two are those of Segment's destination "Loops (Actions)" with its fields and defaults (docs/reference/mapping-language.md,
/// "The two presets"); `deleteContact` is ours.
public enum LoopsAction: String, Sendable, CaseIterable {
    case createOrUpdateContact
    case sendEvent
    case deleteContact

    /// The trigger of a mapping that names none.
    public var defaultTrigger: String {
        switch self {
        case .createOrUpdateContact: #"type = "identify""#
        case .sendEvent: #"type = "track""#
        case .deleteContact: #"type = "delete""#
        }
    }

    /// The fields that a mapping may set.
    public var fields: [ActionField] {
        switch self {
        case .createOrUpdateContact: Self.contactFields
        case .sendEvent: Self.eventFields
        case .deleteContact: Self.deletionFields
        }
    }

    /// The mapping of each field that has a default, in Segment's mapping language.
    public var defaultMapping: JSONObject {
        switch self {
        case .createOrUpdateContact:
            [
                "customAttributes": ["@path": "$.traits"],
                "email": Self.first("$.traits.email", or: ["@path": "$.email"]),
                "firstName": ["@path": "$.traits.firstName"],
                "lastName": ["@path": "$.traits.lastName"],
                "source": Self.first("$.traits.source", or: "Segment"),
                "userGroup": ["@path": "$.traits.userGroup"],
                "userId": ["@path": "$.userId"],
            ]
        case .sendEvent:
            [
                "email": Self.first("$.properties.email", or: ["@path": "$.context.traits.email"]),
                "eventName": ["@path": "$.event"],
                "userId": ["@path": "$.userId"],
                "eventProperties": ["@path": "$.properties"],
            ]
        case .deleteContact:
            [
                "userId": ["@path": "$.userId"],
                "email": [
                    "@if": [
                        "exists": ["@path": "$.userId"],
                        "else": Self.first("$.traits.email", or: ["@path": "$.context.traits.email"]),
                    ]
                ],
            ]
        }
    }

    public var method: String { self == .createOrUpdateContact ? "PUT" : "POST" }

    /// Below the base address, without a leading slash.
    public var path: String {
        switch self {
        case .createOrUpdateContact: "contacts/update"
        case .sendEvent: "events/send"
        case .deleteContact: "contacts/delete"
        }
    }

    private static func first(_ path: JSONValue, or otherwise: JSONValue) -> JSONValue {
        ["@if": ["exists": ["@path": path], "then": ["@path": path], "else": otherwise]]
    }

    private static let contactFields = [
        ActionField("createdAt", .datetime),
        ActionField("customAttributes", .object),
        ActionField("email", .email),
        ActionField("firstName", .text),
        ActionField("lastName", .text),
        ActionField("mailingLists", .object),
        ActionField("source", .text),
        ActionField("subscribed", .boolean),
        ActionField("userGroup", .text),
        ActionField("userId", .text, isRequired: true, isIdentity: true),
    ]

    private static let eventFields = [
        ActionField("email", .email),
        ActionField("eventName", .text, isRequired: true),
        ActionField("userId", .text, isRequired: true, isIdentity: true),
        ActionField("contactProperties", .object),
        ActionField("eventProperties", .object),
    ]

    private static let deletionFields = [
        ActionField("email", .email),
        ActionField("userId", .text, isIdentity: true),
    ]
}
