/// How requests are checked. The defaults are the strict reading of what is known (Loops docs, 2026-11).
package struct ValidationConfiguration: Sendable, Equatable {
    /// The order of the steps between the method check and the commit.
    package var order: [PipelineStage] = [.authentication, .rateLimit, .body, .length, .fields, .idempotency]
    /// An array or object where a contact property takes a scalar, or a wrong type in a standard field.
    package var badType: RejectOrDrop = .reject400
    /// `null`, an array or an object as a value of `eventProperties`.
    package var badEventValue: RejectOrDrop = .reject400
    /// `null`, a boolean or an object among `dataVariables`.
    package var badDataVariable: RejectOrDrop = .reject400
    /// Whether Loops' support has switched attachments on for the team.
    package var attachmentsEnabled = false
    /// An id in `mailingLists` that the team does not have.
    package var unknownList: RejectOrDrop = .reject400
    /// Adding a contact to a list that it left itself, or while it is unsubscribed from everything.
    package var refusedListAdd: RejectOrDrop = .drop
    package var propertyTypeMismatch: PropertyTypeMismatch = .drop
    /// `id`, `listId`, `softDeleteAt`, `teamId`, `updatedAt` in a contact.
    package var reservedProperty: RejectOrDrop = .drop
    /// `createdAt` and `notes` in a contact, which the account has and the documents hide.
    package var hiddenProperty: PropertyTypeMismatch = .drop
    package var emailCase: EmailCase = .fold
    /// Whether blanks around an address are taken away, or make it no address.
    package var trimsEmail = false
    package var unknownUserID: UnknownUserID = .reject400
    package var splitIdentity: SplitIdentity = .reject400
    package var userIDOverwrite: UserIDOverwrite = .overwrite
    package var colonInEventName: RejectOrAccept = .reject400
    package var blocklistedEmail: RejectOrAccept = .reject400
    package var longIdempotencyKey: RejectOrAccept = .reject400
    package var lengthUnit: LengthUnit = .utf16
    package var lengthMeasure: LengthMeasure = .eachEscaped
    /// The status of a body with a key or value that is too long.
    package var lengthStatus = 400
    /// Longest key or value as JSON text, its two quotes included.
    package var lengthMaximum = 500
    package var legacyFields: LegacyErrorFields = .on401
    package var rateLimitBody: RateLimitBody = .json
    package var rateHeadersOn401 = true
    /// The test says that every `subscribed: true` it sends is a wish of the contact.
    package var consentDeclared = false
    /// Whether a request whose client went away during a delay is still applied when the delay is over. Nobody has said that Loops stops.
    package var lateCommit = true
    /// The most contacts that the team's plan has room for; 0 for any number. A further one is answered with ``planStatus``.
    package var planContacts = 0
    package var planStatus = 400

    package init() {}
}
