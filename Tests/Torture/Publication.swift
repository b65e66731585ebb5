import DevKit
import JSON
import RedisStreams

/// The events of a torture: contacts with numbered events, and what was published of them.
struct Publication: Sendable {
    struct Item: Sendable, Equatable {
        let contact: Int
        let sequence: Int64
        /// Whether Loops takes it; the others have to become dead letters.
        let isGood: Bool
        var user: String { "user-\(contact)" }
    }

    private let contacts: Int
    private var random: SplitMix64
    private var sequences: [Int: Int64] = [:]
    private(set) var published: [StreamID: Item] = [:]

    init(seed: UInt64, contacts: Int) {
        self.contacts = contacts
        self.random = SplitMix64(seed: seed ^ 0x5EED)
    }

    /// The next events, in order.
    mutating func next(_ count: Int) -> [Item] {
        (0..<count).map { _ in
            // Some contacts have many events, most have few.
            let contact = Int(
                Double(contacts) * Double.random(in: 0..<1, using: &random) * Double.random(in: 0..<1, using: &random)
            )
            sequences[contact, default: 0] += 1
            let isGood = Int.random(in: 0..<50, using: &random) != 0
            return Item(contact: contact, sequence: sequences[contact] ?? 0, isGood: isGood)
        }
    }

    mutating func add(_ item: Item, id: StreamID) { published[id] = item }

    /// Takes back what a failover has lost: everything after the last ID that the new server knows.
    mutating func lose(after last: StreamID) -> [Item] {
        let lost = published.filter { $0.key > last }.sorted { $0.key < $1.key }
        for (id, _) in lost { published[id] = nil }
        return lost.map(\.value)
    }

    static func event(_ item: Item) -> [UInt8] {
        let email = JSONValue.string(item.isGood ? "\(item.user)@example.com" : "no address")
        let event: JSONValue =
            item.sequence.isMultiple(of: 2)
            ? [
                "type": "track", "messageId": .string("\(item.user)-\(item.sequence)"), "userId": .string(item.user),
                "event": "Tortured", "properties": ["email": email, "seq": .int(item.sequence)],
            ]
            : [
                "type": "identify", "messageId": .string("\(item.user)-\(item.sequence)"), "userId": .string(item.user),
                "traits": ["email": email, "seq": .int(item.sequence)],
            ]
        return event.serialized()
    }
}
