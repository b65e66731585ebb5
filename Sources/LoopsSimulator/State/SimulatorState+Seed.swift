/// What tests and `/__sim/seed` put in place.
extension SimulatorState {
    /// Defines a custom property; false when its name is reserved.
    @discardableResult
    package mutating func defineProperty(_ property: ContactProperty, team: Int = 0) -> Bool {
        guard teams.indices.contains(team), !ContactProperty.reservedNames.contains(property.key) else { return false }
        teams[team].properties[property.key] = property
        return true
    }

    package mutating func defineList(_ list: MailingList, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].lists[list.id] = list
    }

    package mutating func defineEvent(_ event: EventDefinition, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].events[event.name] = event
    }

    package mutating func defineTransactional(id: String, variables: [String], team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].transactionals[id] = variables
    }

    package mutating func suppress(_ email: String, team: Int = 0, configuration: ValidationConfiguration) {
        guard teams.indices.contains(team) else { return }
        teams[team].suppressed.insert(Team.canonical(email, configuration))
    }

    package mutating func block(_ pattern: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].blocklist.append(pattern)
    }

    /// Puts a contact in place without an effect; nil when the email or the userId is taken.
    @discardableResult
    package mutating func seedContact(
        email: String,
        userID: String? = nil,
        subscribed: Bool = true,
        suppressed: Bool = false,
        lists: [String: ListMembership] = [:],
        team: Int = 0,
        configuration: ValidationConfiguration = ValidationConfiguration()
    ) -> Contact? {
        guard teams.indices.contains(team),
            teams[team].contact(canonicalEmail: Team.canonical(email, configuration)) == nil,
            userID.flatMap({ teams[team].contact(userID: $0) }) == nil
        else { return nil }
        var contact = Contact(id: makeContactID(), email: email, userID: userID)
        contact.subscribed = subscribed
        contact.suppressed = suppressed
        contact.lists = lists
        teams[team].store(contact, replacing: nil, configuration)
        return contact
    }

    /// The contact itself left a list or everything, through the Preference Center.
    package mutating func leave(contact name: String, list: String?, team: Int = 0) {
        guard let contact = contact(name, team: team) else { return }
        if let list {
            teams[team].contacts[contact.id]?.lists[list] = .outByUser
        } else {
            teams[team].contacts[contact.id]?.subscribed = false
        }
    }
}
