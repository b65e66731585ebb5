import JSON
import Logging
import Loops
import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import Destination
@testable import StreamGroups

@Suite("Planner: everything that happens to an entry, decided once")
struct PlannerTests {
    private func planner(_ mappings: [DestinationMapping]) throws -> EntryPlanner {
        EntryPlanner(rules: CurrentDestination(try Destination(mappings: mappings)), streams: ["first", "second"])
    }

    private func mapping(_ name: String, fields: JSONValue = ["eventName": "E"]) throws -> DestinationMapping {
        try DestinationMapping(
            name: name,
            action: .sendEvent,
            trigger: "type = \"track\"",
            fields: fields,
            usesDefaults: true
        )
    }

    private func plan(_ planner: EntryPlanner, _ json: String, id: UInt64 = 7, stream: Int = 0) -> PlannedEntry {
        let entry = StreamEntry(id: .sample(id), fields: [StreamField("event", json)])
        return planner.plan(entry, stream: stream, partition: 3, size: 99)
    }

    private func keys(_ planned: PlannedEntry) -> [String] { planned.steps.map { $0.call.idempotencyKey ?? "" } }

    @Test("A step for each mapping that matches, in their order; what the reader said is kept")
    func steps() throws {
        let planned = plan(
            try planner([mapping("a"), mapping("b")]),
            #"{"type":"track","userId":"u","messageId":"m","timestamp":"1970-01-01T00:00:10Z"}"#,
            stream: 1
        )
        #expect(planned.steps.map(\.mapping) == ["a", "b"])
        #expect(
            keys(planned) == [
                IdempotencyKey.make(event: "m", mapping: "a"), IdempotencyKey.make(event: "m", mapping: "b"),
            ]
        )
        #expect(planned.contactQueue == OrderingKey(stream: 1, contact: "u"))
        #expect(planned.id == .sample(7) && planned.partition == 3 && planned.size == 99)
        #expect(planned.occurredAt == 10)
        #expect(planned.faults.isEmpty)
    }

    @Test("The trace is the entry's own field's, else the event's context's; off means off")
    func trace() throws {
        let (one, two) = (String(repeating: "1", count: 32), String(repeating: "2", count: 32))
        func text(_ trace: String) -> String { "00-\(trace)-b7ad6b7169203331-01" }
        let event = #"{"type":"track","userId":"u","context":{"traceparent":"\#(text(one))","tracestate":"a=1"}}"#
        let planner = try planner([mapping("a")])
        let own = plan(planner, event)
        #expect(own.trace?.traceID == one && own.trace?.state == "a=1")
        #expect(own.steps.first?.call.trace == own.trace)
        func entry(_ traceparent: String) -> StreamEntry {
            let fields = [StreamField("event", event), StreamField("traceparent", traceparent)]
            return StreamEntry(id: .sample(7), fields: fields)
        }
        let field = planner.plan(entry(text(two)), stream: 0, partition: 0, size: 1)
        #expect(field.trace?.traceID == two && field.trace?.state == "", "not the other's state")
        #expect(planner.plan(entry("nonsense"), stream: 0, partition: 0, size: 1).trace == nil)
        #expect(plan(planner, #"{"type":"track","userId":"u"}"#).trace == nil)
        let off = EntryPlanner(rules: planner.rules, streams: ["s"], propagatesTraceContext: false)
        #expect(plan(off, event).trace == nil)
    }

    @Test("A batch has the steps of all its events, in their order")
    func batch() throws {
        let planned = plan(
            try planner([mapping("a"), mapping("b")]),
            #"{"batch":[{"type":"track","userId":"u","messageId":"1"},{"type":"identify","userId":"u"},"#
                + #"{"type":"track","userId":"u","messageId":"2"}]}"#
        )
        #expect(
            keys(planned)
                == [("1", "a"), ("1", "b"), ("2", "a"), ("2", "b")].map { IdempotencyKey.make(event: $0, mapping: $1) }
        )
    }

    @Test("An event that the integrations switch off is nothing to do")
    func integrations() throws {
        let planner = try planner([mapping("a")])
        let off = plan(planner, #"{"type":"track","userId":"u","integrations":{"Loops":false}}"#)
        #expect(off.steps.isEmpty && off.faults.isEmpty)
        #expect(off.contactQueue.contact == "u", "it still waits its turn")
        let shared =
            #"{"integrations":{"All":false},"batch":[{"type":"track","userId":"u"},"#
            + #"{"type":"track","userId":"u","integrations":{"Loops":true}}]}"#
        #expect(plan(planner, shared).steps.count == 1)
    }

    @Test("Mappings of one name send different keys, whatever others are called")
    func duplicateNames() throws {
        let planner = try planner([mapping("a"), mapping("a"), mapping("a #2"), mapping("a"), mapping("a #2")])
        let event = #"{"type":"track","userId":"u","messageId":"m"}"#
        let keys = keys(plan(planner, event))
        #expect(Set(keys).count == 5)
        #expect(keys.first == IdempotencyKey.make(event: "m", mapping: "a"), "the first keeps the plain name")
        #expect(self.keys(plan(planner, event)) == keys)
    }

    @Test("Without a messageId stream, entry and place name the event")
    func noMessageID() throws {
        let planner = try planner([mapping("a")])
        let event = #"{"type":"track","userId":"u"}"#
        #expect(keys(plan(planner, event)) == [IdempotencyKey.make(event: "first 7-0 0", mapping: "a")])
        let batch = keys(plan(planner, #"{"batch":[\#(event),\#(event)]}"#))
        let all = batch + keys(plan(planner, event, id: 8)) + keys(plan(planner, event, stream: 1))
        #expect(Set(all).count == 4)
        #expect(keys(plan(planner, event)) == keys(plan(planner, event)), "a redelivery has the same key")
    }

    @Test("What fails is a fault, and what works is delivered all the same")
    func faults() throws {
        let planner = try planner([
            mapping("bad", fields: ["eventName": ["@path": "$.missing"]]), mapping("good"),
            mapping("worse", fields: ["eventName": ["@path": ["@path": "$.missing"]]]),
        ])
        let planned = plan(planner, #"{"type":"track","userId":"u"}"#)
        #expect(planned.steps.map(\.mapping) == ["good"])
        #expect(planned.faults.map(\.reason) == [.invalidFields, .mappingFailed])
        #expect(planned.faults.map(\.mapping) == ["bad", "worse"])
    }

    @Test("An entry that holds no event stands for itself, with the fault that says why")
    func noEvent() throws {
        let planner = try planner([mapping("a")])
        let planned = plan(planner, "[1]")
        #expect(planned.contactQueue.contact == "7-0")
        #expect(planned.steps.isEmpty && planned.faults.map(\.reason) == [.invalidEntry])
        let mixed = plan(planner, #"{"batch":[{"type":"x","userId":"a"},{"type":"x","userId":"b"}]}"#)
        #expect(mixed.faults.map(\.reason) == [.mixedBatch])
    }

    @Test("Only a size above the limit is told; 0 never is")
    func oversized() throws {
        let json = #"{"type":"track","userId":"u"}"#
        func isOversized(_ limit: Int) -> Bool {
            let planner = EntryPlanner(rules: CurrentDestination(.presets), streams: ["s"], sizeWarningBytes: limit)
            return plan(planner, json).isOversized
        }
        #expect(!isOversized(0) && !isOversized(json.utf8.count) && isOversized(json.utf8.count - 1))
    }

    @Test("A userId that is none says so where it is missed")
    func placeholderUserId() throws {
        let planner = try planner([mapping("a")])
        let planned = plan(planner, #"{"type":"track","userId":"undefined","anonymousId":"x"}"#)
        #expect(planned.faults.first?.detail.contains(#"the userId "undefined" is taken for none"#) == true)
        #expect(planned.contactQueue.contact == "x")
    }

    @Test("What is none of Segment's is noticed, unless a mapping takes it")
    func recognition() throws {
        let custom = try DestinationMapping(
            name: "c",
            action: .sendEvent,
            trigger: "type = \"insert\"",
            fields: ["userId": "u", "eventName": "E"]
        )
        for (mappings, noticed) in [([custom], nil), ([try mapping("a")], 10)] as [([DestinationMapping], Int?)] {
            let recognition = EventRecognition(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let planner = EntryPlanner(
                rules: CurrentDestination(try Destination(mappings: mappings)),
                streams: ["s"],
                recognition: recognition
            )
            for _ in 0..<10 { _ = plan(planner, #"{"database":"d","table":"t","type":"insert"}"#) }
            #expect(recognition.unrecognized?.unrecognized == noticed)
            #expect(recognition.unrecognized.map(\.look) == noticed.map { _ in .changeData })
        }
    }
}

@Suite("Planner: what of a mapping decides when a request goes, and whether it still does")
struct PlanningUrgencyTests {
    private let now = ContinuousClock.now

    private func plan(_ json: String, _ mapping: DestinationMapping, id: UInt64 = 90_000) throws -> PlannedEntry {
        let now = now
        let planner = EntryPlanner(
            rules: CurrentDestination(try Destination(mappings: [mapping])),
            streams: ["s"],
            clock: { (100, now) }
        )
        let entry = StreamEntry(id: .sample(id), fields: [StreamField("event", json)])
        return planner.plan(entry, stream: 0, partition: 0, size: 0)
    }

    private func mapping(_ policy: LatePolicy, maxAge: Duration? = .seconds(60)) throws -> DestinationMapping {
        try DestinationMapping(name: "m", action: .sendEvent, priority: 7, maxAge: maxAge, latePolicy: policy)
    }

    @Test("Age counts from the event's timestamp, else from its entry's ID; one of the future has no age yet")
    func expiry() throws {
        let track = #""type":"track","event":"E","userId":"u""#
        let cases: [(json: String, left: Double)] = [
            ("{\(track),\"timestamp\":\"1970-01-01T00:01:10Z\"}", 30), ("{\(track)}", 50),
            ("{\(track),\"timestamp\":\"1970-01-01T00:00:10Z\"}", -30),
            ("{\(track),\"timestamp\":\"2070-01-01T00:00:00Z\"}", 60),
        ]
        for (json, left) in cases {
            let step = try #require(try plan(json, mapping(.expire)).steps.first)
            #expect(step.expiry == Expiry(at: now + .seconds(left), policy: .expire))
            #expect(step.priority == 7)
        }
        #expect(try plan(cases[0].json, mapping(.send)).steps.first?.expiry == nil)
        #expect(try plan(cases[0].json, mapping(.deadLetter, maxAge: nil)).steps.first?.expiry == nil)
    }

    @Test("Only an entry of identifies alone can share its request")
    func identifies() throws {
        let update = try DestinationMapping(name: "m", action: .createOrUpdateContact, trigger: "type != \"\"")
        let identify = #"{"type":"identify","userId":"u","traits":{"email":"a@b.co"}}"#
        let track = #"{"type":"track","event":"E","userId":"u","traits":{"email":"a@b.co"}}"#
        #expect(try plan(identify, update).sharesRequests(now: now))
        #expect(try !plan(track, update).sharesRequests(now: now))
        #expect(try !plan(#"{"batch":[\#(identify),\#(track)]}"#, update).isIdentify)
    }

    /// Between now and an hour ago, whatever way the producer writes it; what nobody can read counts from the entry's ID.
    @Test(
        "An age counts from the event's own time, however it is written",
        arguments: [
            (#""2023-10-12T10:11:12Z""#, 1_697_105_472), ("1697105472", 1_697_105_472),
            ("1697105472000", 1_697_105_472),
            (#""1697105472""#, 1_697_105_472), (#""1697105472000""#, 1_697_105_472),
            (#""Thu, 12 Oct 2023 10:11:12 GMT""#, 1_697_105_472), (#""2023-10-12 10:11:12 UTC""#, 1_697_105_472),
            (#""2023-10-12""#, 1_697_068_800), (#""soon""#, 1_697_100_000), ("[]", 1_697_100_000),
            ("null", 1_697_100_000),
        ] as [(String, Double)]
    )
    func age(timestamp: String, counts: Double) throws {
        let maxAge = try DestinationMapping(name: "a", action: .sendEvent, maxAge: .seconds(3600), latePolicy: .expire)
        let instant = ContinuousClock.now
        let recognition = EventRecognition(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let planner = EntryPlanner(
            rules: CurrentDestination(try Destination(mappings: [maxAge])),
            streams: ["s"],
            recognition: recognition,
            clock: { (1_697_110_000, instant) }
        )
        let json = #"{"type":"track","userId":"u","event":"E","timestamp":\#(timestamp)}"#
        let entry = StreamEntry(
            id: StreamID(milliseconds: 1_697_100_000_000, sequence: 0),
            fields: [StreamField("event", json)]
        )
        let step = try #require(planner.plan(entry, stream: 0, partition: 0, size: 1).steps.first)
        #expect(step.expiry?.at == instant + .seconds(3600) - .seconds(1_697_110_000 - counts))
    }
}
