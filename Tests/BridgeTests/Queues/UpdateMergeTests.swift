import JSON
import Loops
import Testing

@testable import Bridge

@Suite("MergedUpdate: what several updates of a contact are together")
struct MergedUpdateTests {
    private func update(_ body: JSONObject) -> EncodedRequest {
        EncodedRequest(LoopsRequest(operation: .createOrUpdateContact, body: body), idempotencyKey: nil)
    }

    private func merge(_ bodies: [JSONObject], lossless: Bool = true) throws -> (
        body: JSONValue, kinds: [CoalescedKind?]
    ) {
        var merged = try #require(UpdateMerge(update(bodies[0]), lossless: lossless))
        let kinds = bodies.dropFirst().map { merged.take(update($0)) }
        return (try JSONParser.parse(merged.call.body), kinds)
    }

    @Test("The same again adds nothing, and the body stays as it was, byte for byte")
    func identical() throws {
        let body: JSONObject = ["userId": "u", "plan": "pro", "mailingLists": ["a": true]]
        var merged = try #require(UpdateMerge(update(body), lossless: true))
        #expect(merged.take(update(body)) == .identical)
        #expect(merged.take(update(["userId": "u", "plan": "pro"])) == .identical, "it says less")
        #expect(merged.call == update(body))
    }

    @Test("Properties that only one of them has are all in it; mailing lists by their keys")
    func union() throws {
        let (body, kinds) = try merge([
            ["userId": "u", "plan": "pro", "mailingLists": ["a": true]],
            ["userId": "u", "city": "Ulm", "mailingLists": ["b": false]],
        ])
        #expect(kinds == [.merged])
        #expect(body == ["userId": "u", "plan": "pro", "mailingLists": ["a": true, "b": false], "city": "Ulm"])
    }

    @Test(
        "Lossless: another value of a property or a list ends it, so that no change is missed",
        arguments: [["plan": "free"], ["mailingLists": ["a": false]], ["plan": nil]] as [JSONObject]
    )
    func conflicts(second: JSONObject) throws {
        let first: JSONObject = ["userId": "u", "plan": "pro", "mailingLists": ["a": true]]
        var other = second
        other["userId"] = "u"
        let lossless = try merge([first, other])
        #expect(lossless.kinds == [nil] && lossless.body == .object(first))
        let latest = try merge([first, other], lossless: false)
        #expect(latest.kinds == [.replaced])
        for (key, value) in second { #expect(latest.body[key] == value) }
    }

    @Test("Never together: updates that name the contact differently, whatever the way")
    func identity() throws {
        let other: [JSONObject] = [["userId": "v"], ["userId": "u", "email": "a@b.c"], ["email": "a@b.c"]]
        for second in other {
            for lossless in [true, false] {
                #expect(try merge([["userId": "u"], second], lossless: lossless).kinds == [nil])
            }
        }
    }

    @Test("What cannot be taken in leaves it as it was, and the next may go on")
    func unchangedAfterRefusal() throws {
        let (body, kinds) = try merge([
            ["userId": "u", "a": 1], ["userId": "u", "a": 2, "b": 1], ["userId": "u", "c": 3],
        ])
        #expect(kinds == [nil, .merged] && body == ["userId": "u", "a": 1, "c": 3])
    }

    @Test("A merged body has a limit, and no other operation is ever taken in")
    func limits() throws {
        var merged = try #require(UpdateMerge(update(["userId": "u"]), lossless: true))
        let half = JSONValue.string(String(repeating: "x", count: UpdateMerge.mostBytes / 2))
        #expect(merged.take(update(["userId": "u", "a": half])) == .merged)
        #expect(merged.take(update(["userId": "u", "b": half])) == nil)
        let event = EncodedRequest(LoopsRequest(operation: .sendEvent, body: ["userId": "u"]), idempotencyKey: "k")
        #expect(merged.take(event) == nil && UpdateMerge(event, lossless: true) == nil)
    }
}
