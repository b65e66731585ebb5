import Foundation
import Segment
import SegmentEvents
import Testing

@Suite("What a bridge could not deliver is refused where it is made")
struct EventErrorTests {
    private func event(
        _ kind: Event.Kind = .delete,
        of contact: Contact = .user("u"),
        timestamp: Date? = nil,
        context: [String: Value] = [:]
    ) throws -> Event {
        try Event(kind, of: contact, messageID: MessageID("m"), timestamp: timestamp, context: context)
    }

    @Test("IDs that are none", arguments: ["", "  ", "\u{A0}\n"])
    func emptyIDs(_ id: String) {
        #expect(throws: EventError.emptyID("userId")) { try event(of: .user(id)) }
        #expect(throws: EventError.emptyID("anonymousId")) { try event(of: .user("u", anonymousID: id)) }
        #expect(throws: EventError.emptyID("anonymousId")) { try event(of: .anonymous(id)) }
        #expect(throws: EventError.emptyID("groupId")) { try event(.group(id)) }
        #expect(throws: EventError.emptyID("previousId")) { try event(.alias(previousID: id)) }
        #expect(throws: EventError.emptyID("messageId")) { try MessageID(id) }
        #expect(throws: EventError.emptyID("messageId")) { try MessageID(of: "order", id) }
        #expect(throws: EventError.emptyEventName) { try event(.track(id)) }
    }

    @Test("IDs that were printed for want of one", arguments: ["undefined", "null", "None", "nil", "NaN"])
    func placeholders(_ id: String) throws {
        #expect(throws: EventError.placeholderID("userId", found: id)) { try event(of: .user(id)) }
        _ = try event(of: .user("x" + id))
    }

    @Test("Numbers that JSON does not know, by their place")
    func notFinite() {
        let traits: [String: Value] = ["a": [["b": .number(.nan)]]]
        #expect(throws: EventError.notFinite(at: "traits.a[0].b")) { try event(.identify(traits: traits)) }
        #expect(throws: EventError.notFinite(at: "context.x")) { try event(context: ["x": .number(.infinity)]) }
    }

    @Test("Values that lie too deep")
    func depth() throws {
        func nested(_ levels: Int) -> Value { levels == 0 ? 1 : .list([nested(levels - 1)]) }
        // `properties` is the first object.
        _ = try event(.track("E", properties: ["x": nested(Event.depthMax - 2)]))
        do {
            _ = try event(.track("E", properties: ["x": nested(Event.depthMax - 1)]))
            Issue.record("too deep, and taken")
        } catch let error as EventError {
            guard case .tooDeep(let place) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(place.hasPrefix("properties.x[0]"))
        }
    }

    @Test("Events that are too large, at the byte")
    func size() throws {
        let empty = try event(.track("E", properties: ["x": ""]))
        let room = Event.bytesMax - empty.json.utf8.count
        let full = try event(.track("E", properties: ["x": .text(String(repeating: "x", count: room))]))
        #expect(full.json.utf8.count == Event.bytesMax)
        let trace = String(repeating: "0", count: 55)
        let state = String(repeating: "0", count: 512)
        #expect(EventEncodingTests.decoded(full.command(traceparent: trace, tracestate: state)).faults.isEmpty)
        #expect(throws: EventError.tooLarge(bytes: Event.bytesMax + 1)) {
            try event(.track("E", properties: ["x": .text(String(repeating: "x", count: room + 1))]))
        }
    }

    @Test("Moments outside the years that a text can say", arguments: [-62_167_219_201, 253_402_300_800, 1e300])
    func timestamp(_ seconds: Double) {
        #expect(throws: EventError.timestampOutOfRange) { try event(timestamp: Date(timeIntervalSince1970: seconds)) }
        #expect(throws: EventError.timestampOutOfRange) {
            try event(timestamp: Date(timeIntervalSince1970: .nan))
        }
    }

    @Test("A messageId is the same for the same parts, another for others, and short")
    func messageID() throws {
        #expect(try MessageID(of: "order", "4711", "paid").text == "order:4711:paid")
        #expect(try MessageID(of: "a:b", "c") != MessageID(of: "a", "b:c"))
        #expect(try MessageID(of: "a%3Ab").text == "a%253Ab")
        #expect(try MessageID(String(repeating: "x", count: 100)).text.utf8.count == MessageID.bytesMax)
        #expect(throws: EventError.messageIDTooLong(bytes: 101)) { try MessageID(String(repeating: "x", count: 101)) }
        #expect(throws: EventError.messageIDTooLong(bytes: 102)) {
            try MessageID(of: String(repeating: "x", count: 100), "y")
        }
        #expect(throws: EventError.emptyID("messageId")) { try MessageID(of: []) }
    }

    @Test("Each error says what to do")
    func texts() {
        let errors: [EventError] = [
            .emptyID("userId"), .placeholderID("userId", found: "null"), .emptyEventName, .messageIDTooLong(bytes: 101),
            .notFinite(at: "traits.x"), .tooDeep(at: "traits.x"), .timestampOutOfRange, .tooLarge(bytes: 600_000),
        ]
        for error in errors { #expect(error.description.contains(":"), "\(error)") }
        #expect(Set(errors.map(\.description)).count == errors.count)
    }
}
