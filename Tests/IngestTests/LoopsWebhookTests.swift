import Crypto
import JSON
import Testing

@testable import Ingest

@Suite("Loops' webhooks")
struct LoopsWebhookTests {
    private static let secretBytes = Array("0123456789abcdef0123456789abcdef".utf8)
    private static let secret = "whsec_" + Fixtures.base64(secretBytes)
    private static let seconds = Fixtures.now / 1000
    private static let body = #"""
        {"eventName":"email.opened","eventTime":1795860001,"webhookSchemaVersion":"1.0.0",
        "contactIdentity":{"id":"c1","email":"ann@example.com","userId":"u1"},"email":{"id":"e1","subject":"Hello"},
        "sourceType":"loop"}
        """#

    private static func signature(_ body: String, id: String, time: String, key: [UInt8] = secretBytes) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(time).\(body)".utf8),
            using: SymmetricKey(data: key)
        )
        return "v1," + Fixtures.base64(Array(code))
    }

    private static func request(
        _ body: String = body,
        id: String = "msg_1",
        time: String = "\(seconds)",
        signature: String? = nil
    ) -> IngestRequest {
        let headers: [IngestRequest.Header] = [
            ("Webhook-Id", id), ("webhook-timestamp", time),
            ("Webhook-Signature", signature ?? Self.signature(body, id: id, time: time)),
        ]
        return Fixtures.post("/v1/loops/webhook", body, key: nil, headers: headers)
    }

    private static func pipeline(secrets: [String] = [secret]) throws -> IngestPipeline {
        IngestPipeline(keys: .empty, webhook: try LoopsWebhook(secrets: secrets))
    }

    @Test("A signed webhook becomes an event of the stream of its own")
    func accepted() throws {
        guard case .add(let batch, let key, let success) = try Self.pipeline().outcome(of: Self.request()) else {
            Issue.record("the webhook is refused")
            return
        }
        #expect(key.name == "loops-webhook")
        #expect(key.stream == "loops:events")
        #expect(success == .success)
        let event = try #require(batch.events.first)
        // Sent again, it is the same event.
        #expect(event.messageId == "msg_1")
        #expect(event.contactKey == "u1")
        #expect(event.name == "Email Opened")
        #expect(
            try JSONParser.parse(event.payload) == [
                "type": "track", "event": "Email Opened", "messageId": "msg_1", "userId": "u1",
                "properties": [
                    "loopsEvent": "email.opened", "webhookSchemaVersion": "1.0.0",
                    "email": ["id": "e1", "subject": "Hello"],
                    "sourceType": "loop",
                ],
                "context": [
                    "library": ["name": "loops-webhook"],
                    "traits": ["email": "ann@example.com", "loopsContactId": "c1"],
                ],
                "integrations": ["Loops (Actions)": false, "Loops": false], "receivedAt": "2026-11-28T10:00:10.000Z",
                "timestamp": "2026-11-28T10:00:01.000Z",
            ]
        )
    }

    @Test("Off without a secret")
    func off() {
        #expect(IngestPipeline(keys: .empty).answer(to: Self.request()).refusal == .endpointOff)
    }

    @Test("A changed body, ID or time, another's secret, and what is no signature are refused")
    func refused() throws {
        let pipeline = try Self.pipeline()
        let valid = Self.signature(Self.body, id: "msg_1", time: "\(Self.seconds)")
        let other = Self.signature(Self.body, id: "msg_1", time: "\(Self.seconds)", key: Array("another".utf8))
        let requests = [
            Self.request(Self.body + " ", signature: valid), Self.request(id: "msg_2", signature: valid),
            Self.request(time: "\(Self.seconds + 1)", signature: valid), Self.request(signature: other),
            Self.request(signature: ""), Self.request(signature: "v1,"), Self.request(signature: "v1"),
            Self.request(signature: String(valid.dropFirst(3))), Self.request(signature: String(valid.dropLast(4))),
            Self.request(id: ""), Self.request(id: String(repeating: "i", count: 201)), Self.request(time: "now"),
            Self.request(time: "-1"), Self.request(time: "\(Int64.max)"), Self.request(time: "\(Int64.min)"),
        ]
        for request in requests { #expect(pipeline.answer(to: request).refusal == .badSignature) }
        let unsigned = Fixtures.post("/v1/loops/webhook", Self.body, key: nil)
        #expect(pipeline.answer(to: unsigned).refusal == .badSignature)
        #expect(pipeline.answer(to: unsigned).status == 401)
    }

    @Test("Five minutes to either side, to the second")
    func window() throws {
        let pipeline = try Self.pipeline()
        for (offset, isAccepted) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)]
            as [(Int64, Bool)]
        {
            let refusal = pipeline.answer(to: Self.request(time: "\(Self.seconds + offset)")).refusal
            #expect((refusal == nil) == isAccepted)
        }
    }

    @Test("One of several signatures, and one of several secrets, is enough; only ten are looked at")
    func several() throws {
        let valid = Self.signature(Self.body, id: "msg_1", time: "\(Self.seconds)")
        let rotated = try Self.pipeline(secrets: [
            "whsec_" + Fixtures.base64(Array("another-secret-of-24-byt".utf8)), Self.secret,
        ])
        #expect(rotated.answer(to: Self.request(signature: "v1a,AAAA v1,AAAA \(valid)")).refusal == nil)
        let many = Array(repeating: "v1,AAAA", count: 10).joined(separator: " ")
        #expect(rotated.answer(to: Self.request(signature: "\(many) \(valid)")).refusal == .badSignature)
    }

    @Test(
        "Names of Segment's specification",
        arguments: [
            ("email.delivered", "Email Delivered"), ("email.clicked", "Email Link Clicked"),
            ("contact.unsubscribed", "Unsubscribed"),
            ("email.unsubscribed", "Unsubscribed"), ("email.spamReported", "Email Marked as Spam"),
            ("email.hardBounced", "Email Bounced"), ("email.softBounced", "Email Bounced"),
            ("new.event", "Loops new.event"),
        ]
    )
    func names(loopsEvent: String, name: String) throws {
        let event = try #require(
            LoopsWebhookEvent.event(of: JSONObject([("eventName", .string(loopsEvent))]), id: "m", receivedAt: 0)
        )
        #expect(event.name == name)
        let properties = try JSONParser.parse(event.payload)["properties"]
        #expect(properties?["loopsEvent"]?.stringValue == loopsEvent)
        let bounce: JSONValue? = name == "Email Bounced" ? loopsEvent == "email.hardBounced" ? "hard" : "soft" : nil
        #expect(properties?["bounceType"] == bounce)
    }

    @Test("A contact without a userId is known by Loops' ID; what names no event is refused")
    func contacts() throws {
        let contact: JSONValue = ["id": "c1", "email": "ann@example.com", "userId": nil]
        let payload = JSONObject([("eventName", "email.opened"), ("contactIdentity", contact)])
        let event = try #require(LoopsWebhookEvent.event(of: payload, id: "m", receivedAt: 0))
        #expect(try JSONParser.parse(event.payload)["anonymousId"] == "c1")
        #expect(event.contactKey == "ann@example.com")
        let pipeline = try Self.pipeline()
        for body in ["{}", "[]", #"{"eventName":7}"#] {
            #expect(pipeline.answer(to: Self.request(body)).refusal == .notAnObject)
        }
        #expect(pipeline.answer(to: Self.request("{")).refusal?.code == "not_json")
    }

    @Test("Secrets have one form, and are never shown")
    func secrets() throws {
        for text in ["", "whsec_", "whsec_!!!!", Fixtures.base64(Self.secretBytes), "whsec_QUJD"] {
            #expect(throws: LoopsWebhookSecretError.self) { try LoopsWebhook(secrets: [text]) }
        }
        #expect(throws: LoopsWebhookSecretError.self) { try LoopsWebhook(secrets: []) }
        let webhook = try LoopsWebhook(secrets: [Self.secret])
        var dumped = ""
        dump(webhook, to: &dumped)
        #expect(dumped.contains("loops:events"))
        #expect(!dumped.contains("SymmetricKey"))
    }
}
