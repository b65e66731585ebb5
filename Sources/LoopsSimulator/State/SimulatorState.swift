import JSON

/// Everything that the API has stored, and the log of how it came to be. A value: no I/O, no clock.
package struct SimulatorState: Sendable {
    package internal(set) var teams: [Team]
    /// All changes in the order they were made.
    package internal(set) var effects: BoundedLog<Effect>
    package private(set) var violations: BoundedLog<Violation>
    package private(set) var violationCounts: [Violation.Kind: Int64] = [:]
    package internal(set) var idempotency = IdempotencyStore()
    /// Principal effects (one for each request that changed something) by endpoint.
    package internal(set) var effectCounts: [Endpoint: Int64] = [:]
    private var teamBySecret: [UTF8Key: (team: Int, keyName: String)] = [:]
    private var contactsMade: UInt64 = 0

    package init(configuration: SimulatorConfiguration) {
        teams = configuration.teams.map(Team.init(seed:))
        effects = BoundedLog(capacity: configuration.bounds.effectsMaximum)
        violations = BoundedLog(capacity: configuration.bounds.violationsMaximum)
        indexKeys()
    }

    /// The team of a key that is not revoked.
    package func team(secret: String) -> Int? {
        guard let found = teamBySecret[UTF8Key(secret)], !teams[found.team].revokedKeys.contains(found.keyName) else {
            return nil
        }
        return found.team
    }

    package mutating func addKey(_ name: String, secret: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].keys[name] = secret
        teams[team].revokedKeys.remove(name)
        indexKeys()
    }

    package mutating func revokeKey(_ name: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].revokedKeys.insert(name)
    }

    package mutating func restoreKey(_ name: String, team: Int = 0) {
        guard teams.indices.contains(team) else { return }
        teams[team].revokedKeys.remove(name)
    }

    /// The contact with this userId, email or id.
    package func contact(_ name: String, team: Int = 0, emailCase: EmailCase = .fold) -> Contact? {
        guard teams.indices.contains(team) else { return nil }
        let email = emailCase == .fold ? name.lowercased() : name
        return teams[team].contact(userID: name) ?? teams[team].contact(canonicalEmail: email)
            ?? teams[team].contacts[name]
    }

    mutating func record(_ finding: RequestChecks.Finding, request: Int64) {
        violationCounts[finding.kind, default: 0] += 1
        violations.append(
            Violation(kind: finding.kind, request: request, subject: finding.subject, detail: finding.detail)
        )
    }

    /// A new id in the shape of Loops' own: 25 lower-case characters.
    mutating func makeContactID() -> String {
        contactsMade += 1
        let number = String(contactsMade, radix: 36)
        return "clsim" + String(repeating: "0", count: max(0, 20 - number.count)) + number
    }

    private mutating func indexKeys() {
        teamBySecret = [:]
        for (index, team) in teams.enumerated() {
            for (name, secret) in team.keys { teamBySecret[UTF8Key(secret)] = (index, name) }
        }
    }
}

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
