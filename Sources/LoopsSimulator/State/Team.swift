package import JSON

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

/// What a team has before the first request.
package struct TeamSeed: Sendable, Equatable {
    /// The key that works unless a test says otherwise.
    package static let defaultKey = "loops-simulator-key"

    package var name: String
    /// Secret by key name.
    package var keys: [String: String]
    /// Custom contact properties; those of every team are there already.
    package var properties: [ContactProperty]
    package var lists: [MailingList]
    /// Transactional mails: id to the data variables that it cannot do without.
    package var transactionals: [String: [String]]
    /// Patterns with `*` of addresses that are not taken.
    package var blocklist: [String]

    package init(
        name: String = "Simulated team",
        keys: [String: String] = ["default": TeamSeed.defaultKey],
        properties: [ContactProperty] = [],
        lists: [MailingList] = [],
        transactionals: [String: [String]] = [:],
        blocklist: [String] = []
    ) {
        self.name = name
        self.keys = keys
        self.properties = properties
        self.lists = lists
        self.transactionals = transactionals
        self.blocklist = blocklist
    }
}

/// A mailing list of a team.
package struct MailingList: Sendable, Equatable {
    package var id: String
    package var name: String
    package var description: String?
    package var isPublic: Bool

    package init(id: String, name: String, description: String? = nil, isPublic: Bool = true) {
        self.id = id
        self.name = name
        self.description = description
        self.isPublic = isPublic
    }
}

/// Where a contact stands with a list. A contact without an entry was never on it.
package enum ListMembership: String, SettingChoice {
    case inside = "in"
    case outByAPI = "out_by_api"
    /// Left through the Preference Center: the team cannot put the contact back.
    case outByUser = "out_by_user"
}

/// An event that the account knows, made by hand or by the first request that named it.
package struct EventDefinition: Sendable, Equatable {
    package var name: String
    package var properties: [String: ContactProperty.Kind]

    package init(name: String, properties: [String: ContactProperty.Kind] = [:]) {
        self.name = name
        self.properties = properties
    }
}

/// A transactional mail as a request asked for it.
package struct TransactionalMail: Sendable, Equatable {
    package struct Attachment: Sendable, Equatable {
        package let filename: String
        package let contentType: String
        package let byteCount: Int

        /// The bytes that base64 text stands for; nil when it is none (RFC 4648: padded, without line ends).
        static func byteCount(base64 text: String) -> Int? {
            let characters = Array(text.utf8)
            if characters.isEmpty || characters.count % 4 != 0 { return nil }
            let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            let content = characters.prefix { digits.contains($0) }
            let padding = characters.dropFirst(content.count)
            guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
            return characters.count / 4 * 3 - padding.count
        }
    }

    package let id: String
    package let email: String
    package let variables: JSONObject
    package let attachments: [Attachment]
    package let addsToAudience: Bool
    /// Whether the address is suppressed: the request is taken, and the mail bounces.
    package internal(set) var isSuppressed = false
}
