import Foundation
import JSON
import Segment
import SegmentEvents
import Testing

/// What the library writes, byte by byte.
struct EncodingVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let event: @Sendable () throws -> Event
    let json: String

    init(_ name: String, _ json: String, _ event: @autoclosure @escaping @Sendable () throws -> Event) {
        testDescription = name
        self.event = event
        self.json = json
    }

    static let all: [EncodingVector] = [
        EncodingVector(
            "identify",
            #"{"type":"identify","messageId":"m1","userId":"u1","traits":{"email":"ann@example.com","seats":5,"trial":false}}"#,
            try Event(
                .identify(traits: ["trial": false, "seats": 5, "email": "ann@example.com"]),
                of: .user("u1"),
                messageID: MessageID("m1")
            )
        ),
        EncodingVector(
            "track, with all there is",
            #"{"type":"track","messageId":"order:4711:paid","timestamp":"2026-10-12T10:11:12.345Z","userId":"u1","anonymousId":"a1","#
                + #""event":"Order Paid","properties":{"items":[{"sku":"A"},null],"total":99.5},"context":{"ip":"203.0.113.7"},"#
                + #""integrations":{"All":true}}"#,
            try Event(
                .track("Order Paid", properties: ["total": 99.5, "items": [["sku": "A"], nil]]),
                of: .user("u1", anonymousID: "a1"),
                messageID: MessageID(of: "order", "4711", "paid"),
                timestamp: Date(timeIntervalSince1970: 1_791_799_872.345),
                context: ["ip": "203.0.113.7"],
                integrations: ["All": true]
            )
        ),
        EncodingVector(
            "page without a name",
            #"{"type":"page","messageId":"m","anonymousId":"a1","properties":{}}"#,
            try Event(.page(), of: .anonymous("a1"), messageID: MessageID("m"))
        ),
        EncodingVector(
            "screen",
            #"{"type":"screen","messageId":"m","userId":"u","name":"Home","properties":{"tab":1}}"#,
            try Event(.screen("Home", properties: ["tab": 1]), of: .user("u"), messageID: MessageID("m"))
        ),
        EncodingVector(
            "group",
            #"{"type":"group","messageId":"m","userId":"u","groupId":"g","traits":{"name":"Acme"}}"#,
            try Event(.group("g", traits: ["name": "Acme"]), of: .user("u"), messageID: MessageID("m"))
        ),
        EncodingVector(
            "alias",
            #"{"type":"alias","messageId":"m","userId":"u","previousId":"old"}"#,
            try Event(.alias(previousID: "old"), of: .user("u"), messageID: MessageID("m"))
        ),
        EncodingVector(
            "delete",
            #"{"type":"delete","messageId":"m","userId":"u"}"#,
            try Event(.delete, of: .user("u"), messageID: MessageID("m"))
        ),
        EncodingVector(
            "texts that need escapes",
            #"{"type":"track","messageId":"m","userId":"u","event":"\"\\\n\r\t\u0001\u001f/é😀","properties":{"a\"b":""}}"#,
            try Event(
                .track("\"\\\n\r\t\u{1}\u{1F}/é😀", properties: ["a\"b": ""]),
                of: .user("u"),
                messageID: MessageID("m")
            )
        ),
        EncodingVector(
            "numbers at their limits",
            #"{"type":"track","messageId":"m","userId":"u","event":"E","#
                + #""properties":{"max":9223372036854775807,"min":-9223372036854775808,"small":5e-324,"whole":1e+20}}"#,
            try Event(
                .track(
                    "E",
                    properties: [
                        "max": .integer(.max), "min": .integer(.min), "small": .number(.leastNonzeroMagnitude),
                        "whole": 1e20,
                    ]
                ),
                of: .user("u"),
                messageID: MessageID("m")
            )
        ),
    ]
}

@Suite("Events are encoded as the entry format says")
struct EventEncodingTests {
    static func decoded(_ command: [String]) -> DecodedEntry {
        let words = command.dropFirst(3).map { Array($0.utf8) }
        return EntryDecoder().decode(
            stride(from: 0, to: words.count, by: 2).map { (name: words[$0], value: words[$0 + 1]) }
        )
    }

    @Test("Each kind of event has this JSON", arguments: EncodingVector.all)
    func vector(_ vector: EncodingVector) throws {
        let event = try vector.event()
        #expect(event.json == vector.json)
        #expect(try vector.event() == event)
    }

    @Test("The bridge reads the same event, without anything odd", arguments: EncodingVector.all)
    func isRead(_ vector: EncodingVector) throws {
        let event = try vector.event()
        let entry = Self.decoded(event.command())
        #expect(entry.faults.isEmpty)
        let read = try #require(entry.events.first)
        #expect(entry.events.count == 1 && read.oddities.isEmpty && read.hasKnownType)
        #expect(read.json == (try JSONParser.parse(vector.json)))
        #expect(read.messageId == event.messageID.text)
        #expect(read.occurredAt == event.timestamp?.timeIntervalSince1970)
        switch event.contact {
        case .user(let id, _), .anonymous(let id): #expect(entry.contactKey == id)
        }
    }

    @Test("The command adds one field, and a trace context beside it")
    func command() throws {
        let event = try Event(.delete, of: .user("u"), messageID: MessageID("m"))
        #expect(event.command() == ["XADD", "segment:events", "*", "event", event.json])
        let traced = event.command(stream: "s", traceparent: "00-a-b-01", tracestate: "k=v")
        #expect(
            traced == ["XADD", "s", "*", "event", event.json, "traceparent", "00-a-b-01", "tracestate", "k=v"]
        )
        #expect(event.command(tracestate: "k=v") == event.command())
    }

    @Test("A publisher sends the command, and passes on what goes wrong")
    func publisher() async throws {
        struct Refused: Error {}
        let event = try Event(.delete, of: .user("u"), messageID: MessageID("m"))
        await confirmation { sent in
            let publisher = EventPublisher(stream: "s") { command in
                #expect(command == event.command(stream: "s"))
                sent()
            }
            await #expect(throws: Never.self) { try await publisher.publish(event) }
        }
        let failing = EventPublisher { _ in throw Refused() }
        #expect(failing.stream == "segment:events")
        await #expect(throws: Refused.self) { try await failing.publish(event) }
    }

    @Test(
        "Timestamps are written to the millisecond, in the years 0 to 9999",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_791_799_872.345, "2026-10-12T10:11:12.345Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"), (1_709_251_199.9994, "2024-02-29T23:59:59.999Z"),
            (1_709_251_199.9996, "2024-03-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200, "0000-01-01T00:00:00.000Z"), (253_402_300_799.999, "9999-12-31T23:59:59.999Z"),
        ] as [(Double, String)]
    )
    func timestamp(seconds: Double, text: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        let event = try Event(.delete, of: .user("u"), messageID: MessageID("m"), timestamp: date)
        #expect(event.json.contains(#""timestamp":"\#(text)""#), "\(event.json)")
    }
}
