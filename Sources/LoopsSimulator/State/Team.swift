import JSON

/// A Loops team: the unit of the rate limit, of the keys and of the contacts.
package struct Team: Sendable {
    static let deletedOptOutsMaximum = 100_000
    /// Events that are remembered; a new name beyond it is applied, but not defined.
    static let eventsMaximum = 10_000

    package let name: String
    /// Secret by key name, revoked ones included.
    package internal(set) var keys: [String: String]
    package internal(set) var revokedKeys: Set<String> = []
    package internal(set) var properties: [String: ContactProperty] = [:]
    package internal(set) var lists: [String: MailingList] = [:]
    package internal(set) var transactionals: [String: [String]]
    package internal(set) var blocklist: [String]
    /// Canonical addresses that get no mail, whether or not a contact has them.
    package internal(set) var suppressed: Set<String> = []
    package internal(set) var events: [String: EventDefinition] = [:]
    package internal(set) var contacts: [String: Contact] = [:]
    /// Contact id by canonical email: unique.
    private(set) var idByEmail: [UTF8Key: String] = [:]
    /// Contact id by userId: unique.
    private(set) var idByUserID: [UTF8Key: String] = [:]
    /// Canonical addresses of deleted contacts that had opted out; a contact made anew has lost the opt-out, as at Loops.
    package private(set) var deletedOptOuts: Set<String> = []

    init(seed: TeamSeed) {
        name = seed.name
        keys = seed.keys
        transactionals = seed.transactionals
        blocklist = seed.blocklist
        for property in seed.properties { properties[property.key] = property }
        for list in seed.lists { lists[list.id] = list }
    }

    /// The form of an address under which it is unique.
    package static func canonical(_ email: String, _ configuration: ValidationConfiguration) -> String {
        configuration.emailCase == .fold ? email.lowercased() : email
    }

    package func contact(userID: String) -> Contact? {
        idByUserID[UTF8Key(userID)].flatMap { contacts[$0] }
    }

    package func contact(canonicalEmail: String) -> Contact? {
        idByEmail[UTF8Key(canonicalEmail)].flatMap { contacts[$0] }
    }

    /// Puts a contact in place of the one with its id and keeps both indexes.
    mutating func store(_ contact: Contact, replacing old: Contact?, _ configuration: ValidationConfiguration) {
        if let old {
            idByEmail[UTF8Key(Team.canonical(old.email, configuration))] = nil
            if let userID = old.userID { idByUserID[UTF8Key(userID)] = nil }
        }
        // One that an event made by its userId has no address yet.
        if !contact.email.isEmpty { idByEmail[UTF8Key(Team.canonical(contact.email, configuration))] = contact.id }
        if let userID = contact.userID { idByUserID[UTF8Key(userID)] = contact.id }
        contacts[contact.id] = contact
    }

    mutating func remove(_ contact: Contact, _ configuration: ValidationConfiguration) {
        let email = Team.canonical(contact.email, configuration)
        idByEmail[UTF8Key(email)] = nil
        if let userID = contact.userID { idByUserID[UTF8Key(userID)] = nil }
        contacts[contact.id] = nil
        if !contact.subscribed, deletedOptOuts.count < Team.deletedOptOutsMaximum { deletedOptOuts.insert(email) }
    }
}
