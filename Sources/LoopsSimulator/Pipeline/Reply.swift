import JSON

/// A whole HTTP answer.
package struct Reply: Sendable, Equatable {
    package var status: Int
    /// Lower-case names, in the order they are sent.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func == (one: Reply, other: Reply) -> Bool {
        one.status == other.status && one.body == other.body
            && one.headers.elementsEqual(other.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension Reply {
    /// An answer that a fault injects: without the headers of Loops, as a load balancer's.
    init(injected status: Int, _ body: FaultBody) {
        switch body {
        case .message(let message):
            self.init(
                status: status,
                headers: [("content-type", "application/json")],
                body: JSONValue.object(JSONObject([("success", false), ("message", .string(message))])).serialized()
            )
        case .html:
            let page =
                "<html><head><title>\(status)</title></head><body><h1>\(status) from the load balancer</h1></body></html>"
            self.init(status: status, headers: [("content-type", "text/html")], body: Array(page.utf8))
        case .text(let text):
            self.init(status: status, headers: [("content-type", "text/plain")], body: Array(text.utf8))
        case .empty:
            self.init(status: status, body: [])
        }
    }
}

extension Simulation {
    func reply(_ status: Int, _ body: JSONValue, team: Int?, remaining: Int?, _ monotonic: Int64) -> Reply {
        var headers = [(name: "content-type", value: "application/json")]
        headers += rateHeaders(team: team, remaining: remaining, monotonic)
        return Reply(status: status, headers: headers, body: body.serialized())
    }

    func reply(_ rejection: Rejection, team: Int?, remaining: Int?, _ monotonic: Int64) -> Reply {
        var headers: [(name: String, value: String)] = []
        if rejection.status != 401 || configuration.validation.rateHeadersOn401 {
            headers = rateHeaders(team: team, remaining: remaining, monotonic)
        }
        if let allowed = rejection.allowed { headers.append(("allow", allowed)) }
        if rejection.status == 429, configuration.validation.rateLimitBody != .json {
            let text = configuration.validation.rateLimitBody == .text ? "[sim] rate limited" : ""
            return Reply(status: 429, headers: [("content-type", "text/plain")] + headers, body: Array(text.utf8))
        }
        var body = JSONObject([("success", false), ("message", .string(rejection.message))])
        let legacy = configuration.validation.legacyFields
        if legacy == .always || (legacy == .on401 && rejection.status == 401) {
            body["error"] = .string(rejection.message)
        }
        for (key, value) in rejection.details where key != "error" || legacy != .never {
            body[key] = value
        }
        return Reply(
            status: rejection.status,
            headers: [("content-type", "application/json")] + headers,
            body: JSONValue.object(body).serialized()
        )
    }

    private func rateHeaders(team: Int?, remaining: Int?, _ monotonic: Int64) -> [(name: String, value: String)] {
        let (limit, told) = (configuration.limiter.limit, configuration.limiter.toldLimit)
        if told < 0 { return [] }
        // A switched-off limiter still answers headers, as Loops always does; the number is one that nobody reaches.
        let shown = limit > 0 ? limit : 1_000_000
        let left = remaining ?? team.map { limiters[$0].remaining(now: clock.now(monotonic: monotonic)) } ?? shown
        // One who counts nothing has counted this request, too.
        let most = limit > 0 || team == nil ? shown : shown - 1
        // Whoever tells another limit counts from that one.
        let more = told > 0 ? told - shown : 0
        return [
            ("x-ratelimit-limit", String(shown + more)),
            ("x-ratelimit-remaining", String(max(0, min(left, most) + more))),
        ]
    }
}

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
