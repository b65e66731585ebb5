package import JSON

/// What can be done at Loops for an event.
///
/// The first two are those of Segment's destination "Loops (Actions)" with its fields and defaults (docs/reference/mapping-language.md,
/// "The two presets"); the others are ours.
package enum LoopsAction: String, Sendable, CaseIterable {
    case createOrUpdateContact
    case sendEvent
    case deleteContact
    case sendTransactional

    package var traits: ActionTraits {
        switch self {
        case .createOrUpdateContact: CreateOrUpdateContact.traits
        case .sendEvent: SendEvent.traits
        case .deleteContact: DeleteContact.traits
        case .sendTransactional: SendTransactional.traits
        }
    }
}

extension LoopsAction {
    /// The request for the resolved fields of a mapping: validated, coerced and put where Loops expects them.
    ///
    /// Fields that the action does not know are left out, and so are null and empty texts.
    ///
    /// - Throws: ``FieldErrors`` with every fault of the event.
    package func request(from resolved: JSONObject) throws(FieldErrors) -> LoopsRequest {
        LoopsRequest(operation: self, body: traits.body(try validated(resolved)))
    }

    /// The known fields, coerced, in the order of the mapping.
    func validated(_ resolved: JSONObject) throws(FieldErrors) -> JSONObject {
        let traits = traits
        var validated = JSONObject()
        var faults: [FieldError] = []
        for (name, value) in resolved {
            switch fate(of: value, in: name) {
            case .taken(let value): validated[name] = value
            case .refused(let fault): faults.append(fault)
            case .unknown, .empty: break
            }
        }
        for field in traits.fields where field.isRequired {
            if resolved[field.name].map(Self.isEmpty) ?? true { faults.append(Self.missing(field.name)) }
        }
        if traits.requiredIdentity == .userIDOrEmail, faults.isEmpty, validated.isEmpty {
            faults.append(Self.missing("userId"))
        }
        guard faults.isEmpty else { throw FieldErrors(faults: faults) }
        return validated
    }

    private static func missing(_ name: String) -> FieldError {
        FieldError(path: "", keyword: .required, params: ["missingProperty": .string(name)])
    }
}

/// A request that an event stands for, before it becomes bytes.
package struct LoopsRequest: Sendable, Equatable {
    package var operation: LoopsAction
    /// `PUT` or `POST`.
    package var method: String
    /// Below the base address, without a leading slash, as `contacts/update`.
    package var path: String
    package var body: JSONObject

    /// The address below which Segment's destination sends its requests.
    package static let segmentBaseURL = "https://app.loops.so/api/v1"

    package init(operation: LoopsAction, body: JSONObject) {
        self.operation = operation
        self.method = operation.traits.method
        self.path = operation.traits.path
        self.body = body
    }
}
