/// How requests are checked. The defaults are the strict reading of what is known (Loops docs, 2026-11).
public struct ValidationConfiguration: Sendable, Equatable {
    /// The order of the steps between the method check and the commit.
    public var order: [PipelineStage] = [.authentication, .rateLimit, .body, .length, .fields, .idempotency]
    /// An array or object where a contact property takes a scalar, or a wrong type in a standard field.
    public var badType: RejectOrDrop = .reject400
    /// `null`, an array or an object as a value of `eventProperties`.
    public var badEventValue: RejectOrDrop = .reject400
    /// `null`, a boolean or an object among `dataVariables`.
    public var badDataVariable: RejectOrDrop = .reject400
    /// Whether Loops' support has switched attachments on for the team.
    public var attachmentsEnabled = false
    /// An id in `mailingLists` that the team does not have.
    public var unknownList: RejectOrDrop = .reject400
    /// Adding a contact to a list that it left itself, or while it is unsubscribed from everything.
    public var refusedListAdd: RejectOrDrop = .drop
    public var propertyTypeMismatch: PropertyTypeMismatch = .drop
    /// `id`, `listId`, `softDeleteAt`, `teamId`, `updatedAt` in a contact.
    public var reservedProperty: RejectOrDrop = .drop
    /// `createdAt` and `notes` in a contact, which the account has and the documents hide.
    public var hiddenProperty: PropertyTypeMismatch = .drop
    public var emailCase: EmailCase = .fold
    /// Whether blanks around an address are taken away, or make it no address.
    public var trimsEmail = false
    public var unknownUserID: UnknownUserID = .reject400
    public var splitIdentity: SplitIdentity = .reject400
    public var userIDOverwrite: UserIDOverwrite = .overwrite
    public var colonInEventName: RejectOrAccept = .reject400
    public var blocklistedEmail: RejectOrAccept = .reject400
    public var longIdempotencyKey: RejectOrAccept = .reject400
    public var lengthUnit: LengthUnit = .utf16
    public var lengthMeasure: LengthMeasure = .eachEscaped
    /// The status of a body with a key or value that is too long.
    public var lengthStatus = 400
    /// Longest key or value as JSON text, its two quotes included.
    public var lengthMaximum = 500
    public var legacyFields: LegacyErrorFields = .on401
    public var rateLimitBody: RateLimitBody = .json
    public var rateHeadersOn401 = true
    /// The test says that every `subscribed: true` it sends is a wish of the contact.
    public var consentDeclared = false
    /// Whether a request whose client went away during a delay is still applied when the delay is over. Nobody has said that Loops stops.
    public var lateCommit = true
    /// The most contacts that the team's plan has room for; 0 for any number. A further one is answered with ``planStatus``.
    public var planContacts = 0
    public var planStatus = 400

    public init() {}
}
