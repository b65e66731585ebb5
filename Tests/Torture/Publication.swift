import DevKit
import Foundation
import JSON
import LoopsSimulator
import RedisStreams
import Support

/// The events of a torture: contacts with numbered events, and what was published of them.
struct Publication: Sendable {
    struct Item: Sendable, Equatable {
        let contact: Int
        let sequence: Int64
        /// Whether Loops takes it; the others have to become dead letters.
        let isGood: Bool
        var user: String { "user-\(contact)" }
        var name: String { "\(user)-\(sequence)" }
    }

    static func email(of user: String) -> String { "\(user)@example.com" }

    private let contacts: Int
    /// Whether identifies are such that they can be merged.
    private let merges: Bool
    private var random: SplitMix64
    private var sequences: [Int: Int64] = [:]
    private var marked: UInt64 = 0
    private(set) var published: [StreamID: Item] = [:]

    init(seed: UInt64, contacts: Int, merges: Bool = false) {
        self.contacts = contacts
        self.merges = merges
        self.random = SplitMix64(seed: seed ^ 0x5EED)
    }

    /// The next events, in order.
    /// - Parameter others: of contacts that have no events otherwise.
    mutating func next(_ count: Int, ofOthers others: Bool = false) -> [Item] {
        (0..<count).map { _ in
            // Some contacts have many events, most have few.
            let contact =
                (others ? contacts : 0)
                + Int(
                    Double(contacts) * Double.random(in: 0..<1, using: &random)
                        * Double.random(in: 0..<1, using: &random)
                )
            sequences[contact, default: 0] += 1
            let isGood = Int.random(in: 0..<50, using: &random) != 0
            return Item(contact: contact, sequence: sequences[contact] ?? 0, isGood: isGood)
        }
    }

    /// An ID of now that Redis itself does not give.
    mutating func nextMarkedID() -> StreamID {
        marked += 1
        return StreamID(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000), sequence: 1_000_000 + marked)
    }

    mutating func add(_ item: Item, id: StreamID) { published[id] = item }

    /// Takes back what Redis has lost.
    /// - Parameter there: what it has. Nothing is trimmed in a torture.
    mutating func lose(but there: Set<StreamID>) -> [Item] {
        let lost = published.filter { !there.contains($0.key) }.sorted { $0.key < $1.key }
        for (id, _) in lost { published[id] = nil }
        return lost.map(\.value)
    }

    func event(_ item: Item) -> [UInt8] {
        let email = JSONValue.string(item.isGood ? Self.email(of: item.user) : "no address")
        let isTrack = item.sequence.isMultiple(of: merges ? 5 : 2)
        // A merged update has the marks of all that it stands for.
        let mark = merges && !isTrack ? JournalEntry.markPrefix + "\(item.sequence)" : "seq"
        let values: JSONValue = ["email": email, mark: .int(item.sequence)]
        var event: JSONObject = [
            "type": isTrack ? "track" : "identify", "messageId": .string("\(item.user)-\(item.sequence)"),
            "userId": .string(item.user),
        ]
        if isTrack { event["event"] = "Tortured" }
        event[isTrack ? "properties" : "traits"] = values
        return JSONValue.object(event).serialized()
    }
}
