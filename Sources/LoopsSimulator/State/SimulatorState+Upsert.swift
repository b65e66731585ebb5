import JSON

extension SimulatorState {
    /// Finds or makes the contact that a write means and applies it: all of it, or nothing and a rejection.
    mutating func upsert(
        _ write: ContactWrite,
        _ stamp: RequestStamp,
        _ configuration: SimulatorConfiguration
    ) throws(Rejection) -> Contact {
        let validation = configuration.validation
        let resolution = IdentityResolution.resolve(
            email: write.email,
            userID: write.userID,
            in: teams[stamp.team],
            isEvent: stamp.endpoint == .sendEvent,
            configuration: validation
        )
        let old: Contact?
        switch resolution {
        case .reject(let status, let message): throw Rejection(status, message)
        case .existing(let id): old = teams[stamp.team].contacts[id]
        case .create:
            guard teams[stamp.team].contacts.count < configuration.bounds.contactsMaximum else {
                throw Rejection(500, "[sim] the simulator's contact limit is reached")
            }
            guard validation.planContacts == 0 || teams[stamp.team].contacts.count < validation.planContacts else {
                throw Rejection(validation.planStatus, "[sim] the plan has no room for another contact")
            }
            old = nil
        }
        var draft = ContactDraft(old ?? Contact(id: makeContactID(), email: write.email ?? "", userID: write.userID))
        draft.apply(write, keepsUserID: validation.splitIdentity == .emailWins && ownsOther(write, old, stamp.team))
        let joins = draft.applyLists(write.lists)
        if !joins.refused.isEmpty, validation.refusedListAdd == .reject400 {
            throw Rejection(400, "[sim] the contact cannot be added to list \(joins.refused[0])")
        }
        teams[stamp.team].store(draft.contact, replacing: old, validation)
        record(draft, joins, isNew: old == nil, stamp, validation)
        return teams[stamp.team].contacts[draft.contact.id] ?? draft.contact
    }

    private func ownsOther(_ write: ContactWrite, _ contact: Contact?, _ team: Int) -> Bool {
        guard let contact, let userID = write.userID, let owner = teams[team].contact(userID: userID) else {
            return false
        }
        return owner.id != contact.id
    }

    private mutating func record(
        _ draft: ContactDraft,
        _ joins: ContactDraft.ListOutcome,
        isNew: Bool,
        _ stamp: RequestStamp,
        _ validation: ValidationConfiguration
    ) {
        let isContactCall = stamp.endpoint == .updateContact || stamp.endpoint == .createContact
        if isNew {
            log(.contactCreated, draft.contact, stamp)
        } else if isContactCall || !draft.changes.isEmpty {
            log(.contactUpdated(draft.changes), draft.contact, stamp)
        }
        for change in joins.changed {
            log(.listChanged(list: change.list, from: change.from, to: change.to), draft.contact, stamp)
        }
        for list in joins.refused {
            log(.listAddRefused(list: list), draft.contact, stamp)
            note(.listAddRefused, list, "the contact is unsubscribed or left the list itself", stamp)
        }
        if draft.isResubscribed, !validation.consentDeclared {
            note(.resubscribed, draft.contact.email, "subscribed: true for a contact that had unsubscribed", stamp)
        }
    }

    private mutating func note(_ kind: Violation.Kind, _ subject: String, _ detail: String, _ stamp: RequestStamp) {
        record(RequestChecks.Finding(kind: kind, subject: subject, detail: detail), request: stamp.request)
    }
}

/// A contact while a write is applied to it, with what became different.
struct ContactDraft {
    struct ListOutcome {
        var changed: [(list: String, from: ListMembership?, to: ListMembership)] = []
        var refused: [String] = []
    }

    private(set) var contact: Contact
    private(set) var changes: [Effect.Change] = []
    private(set) var isResubscribed = false

    init(_ contact: Contact) {
        self.contact = contact
    }

    mutating func apply(_ write: ContactWrite, keepsUserID: Bool) {
        if let email = write.email, !email.isSameBytes(as: contact.email) {
            note("email", .string(contact.email), .string(email))
            contact.email = email
        }
        if let userID = write.userID, contact.userID?.isSameBytes(as: userID) != true, !keepsUserID {
            note("userId", contact.userID.map(JSONValue.string) ?? .null, .string(userID))
            contact.userID = userID
        }
        if let subscribed = write.subscribed, subscribed != contact.subscribed {
            note("subscribed", .bool(contact.subscribed), .bool(subscribed))
            contact.subscribed = subscribed
            isResubscribed = subscribed
        }
        for (field, value) in write.texts { apply(field, value) }
        for (key, value) in write.properties {
            let before = contact.properties[key]
            let after: JSONValue? = value == .null ? .none : .some(value)
            guard before != after else { continue }
            note(key, before ?? .null, value)
            contact.properties[key] = after
        }
    }

    mutating func applyLists(_ lists: [(id: String, isMember: Bool)]) -> ListOutcome {
        var outcome = ListOutcome()
        for (id, isMember) in lists {
            let before = contact.lists.exactly(id)
            if isMember {
                if before == .inside { continue }
                if before == .outByUser || !contact.subscribed {
                    outcome.refused.append(id)
                } else {
                    contact.lists[id] = .inside
                    outcome.changed.append((id, before, .inside))
                }
            } else if before == .inside {
                contact.lists[id] = .outByAPI
                outcome.changed.append((id, before, .outByAPI))
            }
        }
        return outcome
    }

    private mutating func apply(_ field: StandardText, _ value: String?) {
        let before: String?
        switch field {
        case .firstName:
            before = contact.firstName
            contact.firstName = value
        case .lastName:
            before = contact.lastName
            contact.lastName = value
        case .userGroup:
            before = contact.userGroup
            contact.userGroup = value ?? ""
        case .source:
            before = contact.source
            contact.source = value ?? "API"
        }
        if before.map(UTF8Key.init) != value.map(UTF8Key.init) {
            note(field.rawValue, before.map(JSONValue.string) ?? .null, value.map(JSONValue.string) ?? .null)
        }
    }

    private mutating func note(_ field: String, _ before: JSONValue, _ after: JSONValue) {
        changes.append(Effect.Change(field: field, before: before, after: after))
    }
}
