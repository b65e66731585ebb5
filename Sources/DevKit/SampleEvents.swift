import JSON
import Support

/// A stream of realistic events, the same for the same seed: sign-ups, page-load identifies, purchases, and some that are wrong.
///
/// Every event of a contact carries the contact's sequence number (`seq`), so that a judge can see whether order was kept.
package struct SampleEvents: Sequence, IteratorProtocol, Sendable {
    private var random: SplitMix64
    private var sequence: [Int: Int] = [:]
    private var number = 0
    private let contacts: Int
    private let run: String

    /// - Parameters:
    ///   - seed: the same seed gives the same events.
    ///   - contacts: how many people there are; a tenth of them cause half of the events.
    ///   - run: part of every message ID, so that two runs do not collide.
    package init(seed: UInt64, contacts: Int = 200, run: String = "dev") {
        self.random = SplitMix64(seed: seed)
        self.contacts = Swift.max(contacts, 1)
        self.run = run
    }

    /// One event as it is added to the stream: the bytes of the field `event`.
    package mutating func next() -> [UInt8]? {
        number += 1
        switch random.next() % 100 {
        case 0: return Array("{\"type\":\"track\",\"userId\":".utf8)
        case 1: return event(type: "track", user: nil, extra: ["event": "Orphaned Event"]).serialized()
        case 2: return identify(email: "not-an-address")
        case 3..<8: return event(type: "page", user: contact(), extra: ["name": "Pricing"]).serialized()
        case 8..<52: return identify(email: nil)
        default: return track()
        }
    }

    private mutating func contact() -> Int {
        let hot = random.next() % 2 == 0
        return Int(random.next() % UInt64(hot ? Swift.max(contacts / 10, 1) : contacts))
    }

    private mutating func nextSequence(of contact: Int) -> Int64 {
        sequence[contact, default: 0] += 1
        return Int64(sequence[contact] ?? 1)
    }

    private mutating func identify(email: String?) -> [UInt8] {
        let user = contact()
        let names = ["Ada", "Grace", "Linus", "Barbara", "Edsger", "Margaret", "Ken", "Frances"]
        let plans = ["free", "pro", "team"]
        let traits: JSONValue = [
            "email": .string(email ?? Self.email(user)),
            "firstName": .string(names[user % names.count]),
            "plan": .string(plans[Int(random.next() % 3)]),
            "seq": .int(nextSequence(of: user)),
        ]
        return event(type: "identify", user: user, extra: ["traits": traits]).serialized()
    }

    private mutating func track() -> [UInt8] {
        let user = contact()
        let events = ["Signed Up", "Trial Started", "Order Completed", "Invited Teammate", "Plan Changed"]
        let properties: JSONValue = [
            "email": .string(Self.email(user)),
            "total": .double(Double(random.next() % 10_000) / 100),
            "seq": .int(nextSequence(of: user)),
        ]
        return event(
            type: "track",
            user: user,
            extra: ["event": .string(events[Int(random.next() % 5)]), "properties": properties]
        ).serialized()
    }

    private func event(type: String, user: Int?, extra: JSONObject) -> JSONValue {
        var object: JSONObject = [
            "type": .string(type),
            "messageId": .string("\(run)-\(number)"),
            "anonymousId": .string("anon-\(user.map(String.init) ?? "\(number)")"),
            "context": ["library": ["name": "analytics.js", "version": "2.11.1"], "locale": "en-US"],
        ]
        if let user { object["userId"] = .string("user-\(user)") }
        for (key, value) in extra { object[key] = value }
        return .object(object)
    }

    private static func email(_ user: Int) -> String { "user-\(user)@example.com" }
}
