import JSON

/// A request that is answered with an error. Texts that are not known to be Loops' own begin with `[sim]`.
struct Rejection: Error, Equatable {
    let status: Int
    let message: String
    /// Further fields that Loops is known to send with this one.
    let details: JSONObject
    /// The method that the path takes, where another one was used (RFC 9110, 15.5.6).
    let allowed: String?

    init(_ status: Int, _ message: String, details: JSONObject = JSONObject(), allowed: String? = nil) {
        self.status = status
        self.message = message
        self.details = details
        self.allowed = allowed
    }

    static let invalidEmail = Rejection(400, "Invalid email address.")
    static let invalidKey = Rejection(401, "Invalid API key")
    static let contactNotFound = Rejection(404, "Contact not found.")
    static let contactExists = Rejection(409, "Email or userId is already on list.")
    static let tooLong = Rejection(400, "Some body key or value is longer than allowable")
    static let keyWithOtherBody = Rejection(409, "Idempotency key already used with a different request body.")
    static let keyInFlight = Rejection(409, "[sim] A request with this idempotency key is in progress.")
    static let keyFailed = Rejection(409, "[sim] The request with this idempotency key has failed.")
    static let keyProcessed = Rejection(409, "Request has already been processed.")
}
