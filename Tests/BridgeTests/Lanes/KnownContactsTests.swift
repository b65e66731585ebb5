import JSON
import Loops
import Testing

@testable import Bridge

@Suite("KnownContacts: what was last delivered, and when that is not known any more")
struct KnownContactsTests {
    private let start = ContinuousClock.now

    private func update(_ body: JSONObject) -> LoopsCall {
        LoopsCall(LoopsRequest(operation: .createOrUpdateContact, body: body), idempotencyKey: nil)
    }

    private func known(_ bodies: JSONObject...) -> KnownContacts {
        var known = KnownContacts(lifetime: .seconds(60))
        for body in bodies {
            known.started(update(body))
            known.delivered(update(body), now: start)
        }
        return known
    }

    @Test("Each property and each mailing list is known by itself")
    func properties() {
        let known = known(["userId": "u", "a": 1, "mailingLists": ["x": true]], ["userId": "u", "b": 2])
        for body: JSONObject in [["userId": "u", "a": 1, "b": 2], ["userId": "u", "mailingLists": ["x": true]]] {
            #expect(known.has(update(body), now: start))
        }
        for body: JSONObject in [
            ["userId": "u", "a": 2], ["userId": "u", "c": nil], ["userId": "u", "mailingLists": ["x": false]],
            ["userId": "u", "mailingLists": ["y": true]], ["userId": "v", "a": 1], ["email": "u", "a": 1], [:],
        ] { #expect(!known.has(update(body), now: start)) }
        #expect(!known.has(update(["userId": "u", "a": 1]), now: start + .seconds(60)))
    }

    @Test("Names, properties and values are known by their bytes")
    func byBytes() {
        let known = known(["userId": "\u{e9}", "\u{e9}": "\u{e9}"])
        #expect(known.has(update(["userId": "\u{e9}", "\u{e9}": "\u{e9}"]), now: start))
        #expect(!known.has(update(["userId": "e\u{301}", "\u{e9}": "\u{e9}"]), now: start))
        #expect(!known.has(update(["userId": "\u{e9}", "e\u{301}": "\u{e9}"]), now: start))
        #expect(!known.has(update(["userId": "\u{e9}", "\u{e9}": "e\u{301}"]), now: start))
    }

    @Test("A request under way makes unknown what it touches, until it is delivered")
    func underWay() {
        var known = known(["userId": "u", "a": 1, "b": 1])
        known.started(update(["userId": "u", "a": 2]))
        #expect(!known.has(update(["userId": "u", "a": 1]), now: start))
        #expect(known.has(update(["userId": "u", "b": 1]), now: start))
    }

    @Test("One contact under two names: what goes by one of them makes the other unknown")
    func names() {
        var known = known(["userId": "u", "email": "e", "a": 1])
        known.started(update(["email": "e", "a": 2]))
        #expect(!known.has(update(["userId": "u", "email": "e", "a": 1]), now: start))
        known.delivered(update(["email": "e", "a": 2]), now: start)
        #expect(known.has(update(["email": "e", "a": 2]), now: start))
    }

    @Test("It remembers so many contacts at the most, the newest ones")
    func bound() {
        var known = KnownContacts(lifetime: .seconds(60))
        for number in 0..<(KnownContacts.most + 500) {
            known.started(update(["userId": .string("u\(number)"), "a": 1]))
            known.delivered(update(["userId": .string("u\(number)"), "a": 1]), now: start)
        }
        #expect(known.count == KnownContacts.most)
        #expect(!known.has(update(["userId": "u0", "a": 1]), now: start))
        #expect(known.has(update(["userId": .string("u\(KnownContacts.most + 499)"), "a": 1]), now: start))
    }
}
