import Testing

@testable import Loops

@Suite("Answers mean what the Loops facts say")
struct ClassificationTests {
    private func outcome(_ status: Int, _ body: String = "", type: String? = "application/json", key: Bool = true)
        -> LoopsOutcome
    {
        LoopsResponse(
            classifying: .init(status: status, contentType: type, body: Array(body.utf8)),
            hasIdempotencyKey: key
        ).outcome
    }

    @Test("200 is delivered", arguments: [#"{"success":true}"#, #"{"success":true,"id":"x"}"#, "{}", "", "  \n"])
    func delivered(body: String) { #expect(outcome(200, body) == .delivered) }

    @Test("A server of the user's own is taken at its status")
    func sink() {
        #expect(outcome(200, "ok", type: "text/plain") == .delivered)
        #expect(outcome(204, "", type: nil) == .delivered)
    }

    @Test(
        "A 2xx that cannot be read is ambiguous",
        arguments: [
            (#"{"success":tr"#, "application/json"), ("<html>Welcome to the hotel</html>", "text/html"),
            ("\u{1}\u{2}garbage", "application/json"), (#"{"succ"#, "text/plain"),
        ]
    )
    func ambiguous(body: String, type: String) { #expect(outcome(200, body, type: type) == .retry(.ambiguousAnswer)) }

    @Test(
        "409 on our own key was delivered before; one about a different body is our fault; without a key it is a refusal"
    )
    func conflict() {
        #expect(
            outcome(409, #"{"success":false,"message":"Request has already been processed."}"#) == .alreadyDelivered
        )
        #expect(
            outcome(409, #"{"success":false,"message":"Idempotency key already used with a different request body."}"#)
                == .rejected(.idempotencyConflict)
        )
        #expect(outcome(409, #"{"message":"no"}"#, key: false) == .rejected(.refused))
        for words in ["A request with this key is in progress.", "The first request is still processing"] {
            #expect(outcome(409, #"{"message":"\#(words)"}"#) == .retry(.inProgress))
        }
        for words in ["The request with this key has failed.", "It was not processed"] {
            #expect(outcome(409, #"{"message":"\#(words)"}"#) == .rejected(.unconfirmed))
        }
    }

    @Test("A 2xx that says no is no delivery, however often it comes")
    func contradictory() { #expect(outcome(200, #"{"success":false}"#) == .retry(.contradictoryAnswer)) }

    @Test("Final 4xx are refused, in Loops' words", arguments: [400, 402, 404, 405, 410, 413, 415, 422, 451])
    func refused(status: Int) {
        #expect(outcome(status, #"{"success":false,"message":"no"}"#) == .rejected(.refused))
    }

    @Test(
        "A 4xx of something in between is not the event's fault",
        arguments: [400, 404, 407, 409, 413, 421, 425, 451]
    )
    func inBetween(status: Int) {
        for body in ["<html>blocked</html>", "", "Not found", #""text""#] {
            #expect(outcome(status, body, type: "text/html") == .retry(.unexpectedStatus))
        }
    }

    @Test("What a proxy or a connection refuses is never the event's fault", arguments: [407, 421, 425])
    func proxy(status: Int) { #expect(outcome(status, #"{"message":"no"}"#) == .retry(.unexpectedStatus)) }

    @Test("The key", arguments: [401, 403])
    func unauthorized(status: Int) { #expect(outcome(status) == .unauthorized) }

    @Test("Transient", arguments: [500, 501, 502, 503, 504, 520, 599])
    func transient(status: Int) {
        #expect(outcome(status, "<html>bad gateway</html>", type: "text/html") == .retry(.serverError))
    }

    @Test("408 and 429")
    func slow() {
        #expect(outcome(408) == .retry(.requestTimeout))
        #expect(outcome(429) == .throttled)
    }

    @Test("Redirects and the unknown are not the API that we know", arguments: [100, 301, 302, 307])
    func unexpected(status: Int) { #expect(outcome(status) == .retry(.unexpectedStatus)) }

    @Test("The message comes from wherever Loops put it, and is cut")
    func message() {
        func message(_ body: String) -> String {
            LoopsResponse(classifying: .init(status: 400, body: Array(body.utf8)), hasIdempotencyKey: false).message
        }
        #expect(message(#"{"success":false,"message":"Invalid email address."}"#) == "Invalid email address.")
        #expect(message(#"{"error":"old"}"#) == "old")
        #expect(message(#"{"error":{"path":"x","message":"nested"}}"#) == "nested")
        #expect(message("<html>") == "<html>")
        #expect(message(String(repeating: "x", count: 10_000)).count == LoopsResponse.maxMessageLength)
    }

    @Test("An answer that repeats the key loses it, wherever it stands, also where the message is cut")
    func hiddenKey() {
        let key = "0123456789abcdef"
        func message(_ body: String, secret: String = key) -> String {
            let parts = LoopsResponse.Parts(status: 400, body: Array(body.utf8))
            return LoopsResponse(classifying: parts, hasIdempotencyKey: false, hiding: secret).message
        }
        #expect(
            message(#"{"message":"Bearer \(key) is no key, \(key)"}"#.replacing("\\(key)", with: key))
                == "Bearer … is no key, …"
        )
        #expect(message(#"{"error":{"message":"\u0030123456789abcdef"}}"#) == "…")
        for length in (LoopsResponse.maxMessageLength - 20)...(LoopsResponse.maxMessageLength + 5) {
            let text = message(String(repeating: "x", count: length) + key + "y")
            #expect(!text.contains("0") && text.count <= LoopsResponse.maxMessageLength, "\(length)")
        }
        #expect(message("a word", secret: "a") == "a word", "too short to be a key")
    }
}
