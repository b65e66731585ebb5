/// Everything that decides how the simulator behaves. The default is the profile `documented`.
package struct SimulatorConfiguration: Sendable, Equatable {
    /// Port of the API on the loopback interface; 0 takes a free one.
    package var apiPort = 0
    /// Port of `/__sim/` on the loopback interface; 0 takes a free one.
    package var adminPort = 0
    /// Whether both listen on `::1` instead of `127.0.0.1`.
    package var usesIPv6 = false
    /// Feeds every random decision: the same seed and the same requests give the same answers.
    package var randomSeed: UInt64 = 1
    /// Names of the property that identifies an event and of the number that rises within a contact.
    package var markerProperty = "marker"
    package var sequenceProperty = "seq"
    package var validation = ValidationConfiguration()
    package var idempotency = IdempotencyConfiguration()
    package var limiter = RateLimiterConfiguration()
    package var bounds = BoundsConfiguration()
    package var teams: [TeamSeed] = [TeamSeed()]
    /// Fault rules that are in force from the start.
    package var faults: [FaultRule] = []

    package init() {}

    var host: String { usesIPv6 ? "::1" : "127.0.0.1" }
}

/// The limit of a team and how its window works, which Loops does not say.
package struct RateLimiterConfiguration: Sendable, Equatable {
    package enum Kind: String, SettingChoice {
        /// Windows begin at whole seconds of the (simulated) wall clock.
        case fixedAligned = "fixed_aligned"
        /// A window begins with the first request after the last one ended.
        case fixedFirst = "fixed_first"
        /// Exactly the last 1000 ms.
        case slidingLog = "sliding_log"
        /// Two windows, the older one weighted by what of it is still in view.
        case slidingCounter = "sliding_counter"
        case tokenBucket = "token_bucket"
    }

    package var kind: Kind = .fixedFirst
    /// Requests per second of one team; 0 turns the limiter off.
    package var limit = 10
    package var countRejected = false
    /// Each window's end comes up to this much later, by the seed.
    package var windowJitterMilliseconds = 0
    /// Requests per second that another client of the same team makes, evenly spread.
    package var foreignLoad = 0
    /// Tokens that a full bucket holds; 0 means the limit.
    package var bucketCapacity = 0
    /// The limit that the headers tell; 0 means the limit, -1 that no answer has the headers.
    package var toldLimit = 0

    package init() {}

    package init(kind: Kind, limit: Int) {
        self.kind = kind
        self.limit = limit
    }
}

/// How a used `Idempotency-Key` is treated (Loops docs contradict themselves, 2026-11).
package struct IdempotencyConfiguration: Sendable, Equatable {
    /// The answer to a used key with the same body.
    package enum Replay: String, SettingChoice {
        case conflict = "409"
        /// The first answer once more.
        case replay = "200_replay"
        /// A fresh `{"success":true}`.
        case silent = "200_silent"
    }

    /// Which of the two known 409 texts is used when.
    package enum Messages: String, SettingChoice {
        case split
        case alwaysDifferentBody = "always_different_body"
        case alwaysProcessed = "always_processed"
        /// Each case in words of its own: also a request that goes on, and one that has failed.
        case telling
    }

    package enum Comparison: String, SettingChoice {
        case raw
        /// Key order and white space do not count.
        case canonical
    }

    /// Which answers use a key up. Answers given before the pipeline's idempotency step never do.
    package enum Burn: String, SettingChoice {
        case success
        case any4xx = "any_4xx"
        case anyResponse = "any_response"
        /// Also those that are given before anything looks at the request: 401 and 429.
        case anyAnswer = "any_answer"
    }

    package enum InFlight: String, SettingChoice {
        case conflict = "409"
        /// The second request waits for the first one's end.
        case wait
    }

    package enum Scope: String, SettingChoice {
        case teamAndEndpoint = "team+endpoint"
        case team
    }

    package var replaySameBody: Replay = .conflict
    package var messages: Messages = .split
    package var comparison: Comparison = .raw
    package var burnOn: Burn = .success
    package var inFlight: InFlight = .conflict
    package var scope: Scope = .teamAndEndpoint
    package var timeToLiveSeconds = 24 * 60 * 60
    package var keyLengthMaximum = 100
    /// An `Idempotency-Key` without anything in it.
    package var emptyKey: RejectOrAccept = .accept
    /// Keys kept; beyond it the oldest is forgotten and counted.
    package var keysMaximum = 500_000

    package init() {}
}

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

/// What the simulator keeps at most. Whatever is dropped is counted, and the judge refuses to pass a run that lost evidence.
package struct BoundsConfiguration: Sendable, Equatable {
    package var journalEntriesMaximum = 50_000
    package var journalBodyBytesMaximum = 16 * 1024
    package var effectsMaximum = 250_000
    package var violationsMaximum = 10_000
    package var contactsMaximum = 1_000_000
    /// Request body; more is answered 413.
    package var bodyBytesMaximum = 4 * 1024 * 1024
    package var connectionsMaximum = 4_096
    /// Requests of one connection that wait for the one before them.
    package var pipelinedRequestsMaximum = 16
    package var faultRulesMaximum = 256

    package init() {}
}
