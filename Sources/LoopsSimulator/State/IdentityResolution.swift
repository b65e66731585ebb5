/// Which contact an email and a userId mean (Loops docs and reports, 2026-11). Update and events share the rule.
package enum IdentityResolution: Sendable, Equatable {
    /// This contact; it takes the given email and userId where they differ.
    case existing(contactID: String)
    case create
    case reject(status: Int, message: String)

    static let userIDUnknown = "userId not found and cannot create a new contact without an email."
    static let severalContacts = "Multiple contacts found for the given criteria"

    static func resolve(
        email: String?,
        userID: String?,
        in team: Team,
        isEvent: Bool = false,
        configuration: ValidationConfiguration
    ) -> IdentityResolution {
        let byEmail = email.flatMap { team.contact(canonicalEmail: Team.canonical($0, configuration)) }
        let byUserID = userID.flatMap { team.contact(userID: $0) }
        switch (byEmail, byUserID) {
        case (let one?, let other?) where one.id != other.id:
            return configuration.splitIdentity == .emailWins
                ? .existing(contactID: one.id) : .reject(status: 400, message: severalContacts)
        case (let contact?, nil):
            if let userID, let present = contact.userID, !present.isSameBytes(as: userID),
                configuration.userIDOverwrite == .reject400
            {
                return .reject(status: 400, message: "[sim] the contact has another userId")
            }
            return .existing(contactID: contact.id)
        case (_, let contact?):
            return .existing(contactID: contact.id)
        case (nil, nil):
            if email != nil { return .create }
            guard userID != nil else { return .reject(status: 400, message: "[sim] email or userId is required") }
            switch configuration.unknownUserID {
            case .createOnEvent where isEvent: return .create
            case .notFound404: return .reject(status: 404, message: Rejection.contactNotFound.message)
            case .reject400, .createOnEvent: return .reject(status: 400, message: userIDUnknown)
            }
        }
    }
}
