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
