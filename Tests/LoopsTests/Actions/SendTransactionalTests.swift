import JSON
import Testing

@testable import Loops

@Suite("sendTransactional: one mail, checked before it is asked for")
struct SendTransactionalTests {
    private static let mail: JSONObject = ["email": "a@b.co", "transactionalId": "cm1"]

    private func body(_ more: JSONObject = [:]) throws -> JSONObject {
        var fields = Self.mail
        for (name, value) in more { fields[name] = value }
        return try LoopsAction.sendTransactional.request(from: fields).body
    }

    private func faults(_ more: JSONObject) -> [String] {
        do throws(FieldErrors) {
            var fields = Self.mail
            for (name, value) in more { fields[name] = value }
            _ = try LoopsAction.sendTransactional.request(from: fields)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func theRequest() throws {
        let request = try LoopsAction.sendTransactional.request(from: [
            "addToAudience": "true", "dataVariables": ["url": "https://x.test", "items": [["n": 1]]], "email": "a@b.co",
            "transactionalId": "cm1", "userId": "u", "attachments": [],
        ])
        #expect(request.method == "POST" && request.path == "transactional")
        #expect(
            request.body == [
                "transactionalId": "cm1", "email": "a@b.co", "addToAudience": true,
                "dataVariables": ["url": "https://x.test", "items": [["n": 1]]],
            ]
        )
        let call = EncodedRequest(request, idempotencyKey: "lb-1")
        #expect(call.idempotencyKey == "lb-1")
    }

    @Test func whatIsMissing() {
        #expect(faults(["email": ""]) == ["email is missing or empty"])
        #expect(faults(["transactionalId": nil]) == ["transactionalId is missing or empty"])
        #expect(faults(["email": "nobody"]) == [#"/email does not look like "email""#])
        #expect(faults(["dataVariables": "x"]) == [#"/dataVariables cannot be taken for "object""#])
    }

    private static let file: JSONObject = ["filename": "r.pdf", "contentType": "application/pdf", "data": "aGk="]

    @Test func attachments() throws {
        #expect(try body(["attachments": [.object(Self.file)]])["attachments"] == [.object(Self.file)])
        #expect(try body(["attachments": .object(Self.file)])["attachments"] == [.object(Self.file)])
        #expect(faults(["attachments": "aGk="]) == [#"/attachments cannot be taken for "array""#])
        #expect(faults(["attachments": ["aGk="]]) == [#"/attachments/0 cannot be taken for "object""#])
        var file = Self.file
        file["data"] = "no base64!"
        #expect(faults(["attachments": [.object(file)]]) == [#"/attachments/0/data does not look like "base64""#])
        file["data"] = 1
        #expect(faults(["attachments": [.object(file)]]) == [#"/attachments/0/data cannot be taken for "string""#])
        file["data"] = nil
        #expect(faults(["attachments": [.object(file)]]) == ["/attachments/0/data is missing or empty"])
    }

    @Test("All attachments together have at most 4 MB of text")
    func attachmentsTooLarge() {
        var half = Self.file
        half["data"] = .string(String(repeating: "A", count: Attachments.bytesMax / 2))
        #expect(faults(["attachments": [.object(half), .object(half)]]) == [])
        let words = ["/attachments is longer than 4000000 bytes"]
        #expect(faults(["attachments": [.object(half), .object(half), .object(Self.file)]]) == words)
    }

    @Test(
        arguments: [
            ("aGk=", true), ("aA==", true), ("aGlq", true), ("+/+/", true), ("", false), ("aGk", false),
            ("a===", false),
            ("=aGk", false), ("aG=k", false), ("aGk=\n", false), ("aG k", false), ("_-_-", false), ("aGé=", false),
        ]
    )
    func base64(text: String, isBase64: Bool) {
        #expect(Attachments.isBase64(text) == isBase64)
    }

    @Test("A mail leaves the contact as it is, unless it is to make one")
    func contactEffect() throws {
        let plain = EncodedRequest(LoopsRequest(operation: .sendTransactional, body: try body()), idempotencyKey: "k")
        #expect(!plain.changesContact && plain.contactChange == nil)
        let adding = LoopsRequest(operation: .sendTransactional, body: try body(["addToAudience": true]))
        let change = try #require(EncodedRequest(adding, idempotencyKey: "k").contactChange)
        #expect(change.operation == .createOrUpdateContact && change.idempotencyKey == nil)
        #expect(change.body == JSONValue.object(["email": "a@b.co"]).serialized())
    }

    @Test("Somebody waits for a mail, and an old one does harm; none is sent that no mapping asked for")
    func traits() {
        let traits = LoopsAction.sendTransactional.traits
        #expect(traits.defaultTrigger == nil && traits.defaultMaxAge == .seconds(3600))
        #expect(LoopsAction.allCases.allSatisfy { $0.traits.defaultPriority <= traits.defaultPriority })
        #expect(traits.sendsIdempotencyKey && !traits.isMergeable)
    }

    @Test("A 404 in Loops' words is about the mail; any other one, and a 405, about the address")
    func notFound() {
        let outcome = LoopsAction.sendTransactional.traits.notFoundOutcome
        func heard(_ status: Int, _ body: String) -> LoopsOutcome {
            LoopsResponse(classifying: .init(status: status, body: Array(body.utf8)), hasIdempotencyKey: true)
                .heedingAddress(notFound: outcome).outcome
        }
        #expect(heard(404, #"{"success":false,"message":"no such mail"}"#) == .rejected(.refused))
        #expect(heard(404, "<html></html>") == .retry(.unexpectedStatus))
        #expect(heard(405, "{}") == .wrongAddress)
        #expect(heard(400, #"{"success":false,"message":"Missing"}"#) == .rejected(.refused))
    }
}
