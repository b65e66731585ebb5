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
