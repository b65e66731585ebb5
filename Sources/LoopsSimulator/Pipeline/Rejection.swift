import JSON

/// A request that is answered with an error. Texts that are not known to be Loops' own begin with `[sim]`.
struct Rejection: Error, Equatable {
    let status: Int
    let message: String
    /// Further fields that Loops is known to send with this one.
    let details: JSONObject

    init(_ status: Int, _ message: String, details: JSONObject = JSONObject()) {
        self.status = status
        self.message = message
        self.details = details
    }

    static let invalidEmail = Rejection(400, "Invalid email address.")
    static let invalidKey = Rejection(401, "Invalid API key")
    static let contactNotFound = Rejection(404, "Contact not found.")
    static let contactExists = Rejection(409, "Email or userId is already on list.")
    static let tooLong = Rejection(400, "Some body key or value is longer than allowable")
    static let keyWithOtherBody = Rejection(409, "Idempotency key already used with a different request body.")
    static let keyProcessed = Rejection(409, "Request has already been processed.")
}
