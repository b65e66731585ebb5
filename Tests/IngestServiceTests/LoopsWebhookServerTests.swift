import Crypto
import DevKit
import Foundation
import RedisStreams
import Testing

@testable import BridgeService
@testable import IngestService

@Suite("Loops' webhooks over HTTP", .tags(.servers), .timeLimit(.minutes(2)))
struct LoopsWebhookServerTests {
    private static let secret = Data("0123456789abcdef0123456789abcdef".utf8)
    private static let body =
        #"{"eventName":"email.opened","eventTime":1795860001,"contactIdentity":{"id":"c1","userId":"u1"}}"#

    /// The headers that Loops sends, as it signs them.
    private static func headers(id: String, body: String = body) -> [String] {
        let time = String(Int(Date.now.timeIntervalSince1970))
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(id).\(time).\(body)".utf8),
            using: SymmetricKey(data: secret)
        )
        let signature = Data(code).base64EncodedString()
        return ["Webhook-Id: \(id)", "Webhook-Timestamp: \(time)", "Webhook-Signature: v1,\(signature)"]
    }

    @Test("A signed webhook is in its stream once, however often it is sent; a forged one is refused")
    func webhook() async throws {
        let settings = ["ingest.loopsWebhookSecret": "whsec_" + Self.secret.base64EncodedString()]
        try await withRedis { server, redis async throws in
            try await TestIntake.run(redis: server.url, settings) { intake async throws in
                let path = "/v1/loops/webhook"
                for id in ["msg_1", "msg_1", "msg_2"] {
                    let answer = try await intake.ask(
                        "POST",
                        path,
                        key: nil,
                        Self.headers(id: id),
                        body: Array(Self.body.utf8)
                    )
                    #expect(answer.status == 200 && answer.body == #"{"success":true}"#)
                }
                let forged = Self.headers(id: "msg_3", body: "{}")
                let answer = try await intake.ask("POST", path, key: nil, forged, body: Array(Self.body.utf8))
                #expect(answer.status == 401 && answer.body.contains(#""code":"bad_signature""#))
                let length = try await redis.send(RedisCommand("XLEN", ["loops:events"])).integer
                #expect(length == 2)
                let metrics = try await intake.probe("/metrics").body
                #expect(metrics.contains(#"ingest_events_accepted_total{key="loops-webhook"} 2"#))
                #expect(metrics.contains(#"ingest_refusals_total{code="bad_signature"} 1"#))
            }
        }
    }

    @Test("The secret may stand in a file; one that cannot be read or used ends the start, and is not shown")
    func secretFile() async throws {
        try await TemporaryFolder.with { folder in
            let path = "\(folder)/secret"
            try "whsec_\(Self.secret.base64EncodedString())\n".write(toFile: path, atomically: true, encoding: .utf8)
            try await withRedis { server, _ async throws in
                try await TestIntake.run(redis: server.url, ["ingest.loopsWebhookSecretFile": path]) {
                    intake async throws in
                    let body = Array(Self.body.utf8)
                    let answer = try await intake.ask(
                        "POST",
                        "/v1/loops/webhook",
                        key: nil,
                        Self.headers(id: "m"),
                        body: body
                    )
                    #expect(answer.status == 200)
                }
                try "not-a-secret".write(toFile: path, atomically: true, encoding: .utf8)
                for file in [path, "\(folder)/absent"] {
                    let fault = await #expect(throws: IngestAssembly.Unusable.self) {
                        try await TestIntake.run(redis: server.url, ["ingest.loopsWebhookSecretFile": file]) { _ in }
                    }
                    #expect(fault?.description.contains("not-a-secret") == false)
                }
            }
        }
    }

    @Test("Without a secret, the path is off")
    func off() async throws {
        try await withRedis { server, _ async throws in
            try await TestIntake.run(redis: server.url) { intake async throws in
                let answer = try await intake.ask(
                    "POST",
                    "/v1/loops/webhook",
                    key: nil,
                    Self.headers(id: "m"),
                    body: Array(Self.body.utf8)
                )
                #expect(answer.status == 404 && answer.body.contains(#""code":"endpoint_off""#))
            }
        }
    }
}
