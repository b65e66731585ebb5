import RedisStreams
import Segment

@testable import Bridge
@testable import Operations
@testable import StreamGroups

extension DeadLetter {
    /// The entry of a dead-letter stream as the bridge writes it.
    static func entry(
        _ id: StreamID = .sample(500),
        reason: String = "refused",
        mapping: String = "m",
        of entry: StreamID = .sample(7),
        contact: String = "ann",
        deadAt: Int64 = 1_000_000,
        own: [StreamField] = [StreamField("event", #"{"type":"track","userId":"ann"}"#)]
    ) -> StreamEntry {
        let values = [
            reason, "why it was refused", "400", "No.", "3", mapping, "events", entry.description, contact, "req-1",
            "key-1",
            "trace-1", "\(deadAt)",
        ]
        return StreamEntry(id: id, fields: zip(DeadLetter.fieldNames, values).map { StreamField($0, $1) } + own)
    }

    static func sample(
        _ id: StreamID = .sample(500),
        reason: String = "refused",
        mapping: String = "m",
        contact: String = "ann",
        deadAt: Int64 = 1_000_000
    ) throws -> DeadLetter {
        let entry = entry(id, reason: reason, mapping: mapping, contact: contact, deadAt: deadAt)
        guard let letter = DeadLetter(entry, decoder: EntryDecoder()) else { throw NoLetter() }
        return letter
    }

    struct NoLetter: Error {}
}

extension ScriptFixture {
    /// The stream as one sees it from outside.
    var view: GroupInspector { GroupInspector(keys: keys, group: Self.group, client: client) }

    func box() throws -> DeadLetterQueue {
        guard let box = DeadLetterQueue(key: keys.deadLetters, views: [view]) else { throw DeadLetter.NoLetter() }
        return box
    }

    /// Adds an event of a contact with a message ID.
    func publish(_ contact: String, _ message: String, type: String = "track") async throws -> StreamID {
        try await add([
            StreamField("event", #"{"type":"\#(type)","userId":"\#(contact)","messageId":"\#(message)","event":"E"}"#)
        ])
    }

    /// Dead-letters a routed entry as the bridge does.
    func bury(_ id: StreamID, contact: String, in session: StreamState) async throws {
        let fault = DeliveryFailure(reason: .refused, detail: "No.", mapping: "m", status: 400, answer: "No.")
        let end = EntryCompletion(
            stream: 0,
            id: id,
            partition: 0,
            size: 10,
            kind: .deadLettered([fault]),
            attempts: 1,
            contact: contact,
            occurredAt: nil
        )
        let letter = DeadLetterFields(end: end, faults: [fault], stream: stream, now: 1_000_000)
        _ = try await session.deadLetter(id, partition: 0, maxLength: 1000, fields: letter.arguments)
    }

    /// All letters, oldest first.
    func allLetters() async throws -> [DeadLetter] {
        var search = try box().search(DeadLetterFilter(), newestFirst: false, now: 0)
        var all: [DeadLetter] = []
        while let letters = try await search.next() { all += letters }
        return all
    }
}
