/// What a team has before the first request.
public struct TeamSeed: Sendable, Equatable {
    /// The key that works unless a test says otherwise.
    public static let defaultKey = "loops-simulator-key"

    public var name: String
    /// Secret by key name.
    public var keys: [String: String]
    /// Custom contact properties; those of every team are there already.
    public var properties: [ContactProperty]
    public var lists: [MailingList]
    /// Transactional mails: id to the data variables that it cannot do without.
    public var transactionals: [String: [String]]
    /// Patterns with `*` of addresses that are not taken.
    public var blocklist: [String]

    public init(
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
