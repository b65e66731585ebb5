/// A setting that takes one of a few words; the raw value is the word used in JSON and on the command line.
package protocol SettingChoice: RawRepresentable, CaseIterable, Sendable, Equatable where RawValue == String {}

/// What to do with input that Loops may refuse or may ignore; nobody has seen which.
package enum RejectOrDrop: String, SettingChoice {
    /// Answer 400 and apply nothing.
    case reject400
    /// Answer as if the part had not been there.
    case drop
}

/// What to do with input that Loops may refuse or may take.
package enum RejectOrAccept: String, SettingChoice {
    case reject400
    case accept
}

/// What happens to a value whose type is not the property's.
package enum PropertyTypeMismatch: String, SettingChoice {
    case drop
    case reject400
    /// Keep the value as it came.
    case store
}

/// What a userId that nobody has leads to, without an email.
package enum UnknownUserID: String, SettingChoice {
    case reject400
    /// As the events guide has it: an event makes a contact that has no address.
    case createOnEvent = "create_on_event"
    /// As the specification's sample has it: `Contact not found.`
    case notFound404 = "not_found_404"
}

/// What the 500-character rule takes for one value.
package enum LengthMeasure: String, SettingChoice {
    /// Each key and each text by itself, as JSON text with its escapes.
    case eachEscaped = "each_escaped"
    /// Each key and each text by itself, as it reads, with two quotes.
    case eachPlain = "each_plain"
    /// Each member of the body as a whole, an object too.
    case member
}

/// Whether two addresses that differ only in case are one contact.
package enum EmailCase: String, SettingChoice {
    case fold
    case exact
}

/// What the 500-character rule counts in the JSON text of a key or value.
package enum LengthUnit: String, SettingChoice {
    /// As JavaScript's `length`.
    case utf16
    case utf8
    case scalars
}

/// Which error answers carry the deprecated `error` field.
package enum LegacyErrorFields: String, SettingChoice {
    case on401 = "on_401"
    case always
    case never
}

/// The body of a 429.
package enum RateLimitBody: String, SettingChoice {
    case json
    case empty
    case text
}

/// What an email and a userId of two different contacts lead to on `contacts/update`.
package enum SplitIdentity: String, SettingChoice {
    case reject400
    /// The contact with the email is written; its userId stays.
    case emailWins = "email_wins"
}

/// What happens to a userId that differs from the one on the contact that the email matches.
package enum UserIDOverwrite: String, SettingChoice {
    case overwrite
    case reject400
}

/// A step of the request pipeline whose place may be changed.
package enum PipelineStage: String, SettingChoice {
    case authentication
    case rateLimit = "rate_limit"
    case body
    case length
    case fields
    case idempotency
}
