import JSON
import Support
import Testing

@testable import Ingest

@Suite("Events as they are added")
struct EventNormalizerTests {
    private static let pipeline = IngestPipeline(keys: Fixtures.keys)

    private static func batch(_ text: String, path: String = "/v1/batch") throws -> [JSONValue] {
        try pipeline.events(of: Fixtures.post(path, text))
    }

    private static func single(_ text: String, path: String) throws -> JSONValue {
        try #require(try batch(text, path: path).first)
    }

    @Test("A whole event, byte by byte")
    func whole() throws {
        let request = Fixtures.post(
            "/v1/batch",
            #"""
            {"batch":[{"type":"track","event":"Signed Up","userId":"u1","messageId":"m1","properties":{"a":1.50,"é":"ü"},
            "timestamp":"2026-11-28T10:00:00.000Z","writeKey":"x","_metadata":{"n":1}}],
            "sentAt":"2026-11-28T10:00:05.000Z","writeKey":"wk_server_0123456789","context":{"library":{"name":"go"}}}
            """#
        )
        guard case .add(let batch, let key, let success) = Self.pipeline.outcome(of: request) else {
            Issue.record("nothing is added")
            return
        }
        #expect(key.name == "shop")
        #expect(success == .success)
        #expect(batch.sdk == "go")
        #expect(batch.sentAt == Fixtures.now - 5000)
        let event = try #require(batch.events.first)
        #expect(event.messageId == "m1")
        #expect(event.contactKey == "u1")
        #expect(event.type == "track")
        #expect(event.name == "Signed Up")
        #expect(
            String(decoding: event.payload, as: UTF8.self) == #"{"type":"track","event":"Signed Up","userId":"u1","#
                + #""messageId":"m1","properties":{"a":1.5,"é":"ü"},"timestamp":"2026-11-28T10:00:05.000Z","#
                + #""context":{"library":{"name":"go"}},"sentAt":"2026-11-28T10:00:05.000Z","#
                + #""receivedAt":"2026-11-28T10:00:10.000Z","originalTimestamp":"2026-11-28T10:00:00.000Z"}"#
        )
    }

    @Test("The type comes from the path of a single event, and from nowhere else in a batch")
    func type() throws {
        #expect(try Self.single(#"{"userId":"u"}"#, path: "/v1/identify")["type"] == "identify")
        #expect(try Self.single(#"{"type":"page","userId":"u"}"#, path: "/v1/t")["type"] == "track")
        let events = try Self.batch(#"{"type":"track","batch":[{"userId":"u"},{"type":"group"}]}"#)
        #expect(events.map { $0["type"] } == [nil, "group"])
    }

    @Test("A messageId is kept; a missing one is made, another each time")
    func messageId() throws {
        let events = try Self.batch(
            #"{"messageId":"batch","batch":[{"messageId":"m"},{"messageId":17},{},{"messageId":null},{"messageId":""}]}"#
        )
        #expect(events[0]["messageId"] == "m")
        #expect(events[1]["messageId"] == 17)
        let made = events[2...].compactMap { $0["messageId"]?.stringValue }
        #expect(Set(made).count == 3)
        for text in made {
            #expect(text.utf8.count == 36)
            #expect(Array(text)[14] == "4")
            #expect("89ab".contains(Array(text)[19]))
        }
    }

    @Test("Context and integrations of a batch are merged; the event wins, member by member")
    func merge() throws {
        let events = try Self.batch(
            #"""
            {"context":{"ip":"192.0.2.1","library":{"name":"b","version":"1"}},"integrations":{"All":false,"Loops":true},
            "batch":[{"context":{"library":{"name":"e"}},"integrations":{"All":true}},{"context":null},{},{"context":"text"}]}
            """#
        )
        let shared: JSONValue = ["ip": "192.0.2.1", "library": ["name": "b", "version": "1"]]
        #expect(events[0]["context"] == ["ip": "192.0.2.1", "library": ["name": "e"]])
        #expect(events[0]["integrations"] == ["All": true, "Loops": true])
        #expect(events[1]["context"] == shared)
        #expect(events[2]["context"] == shared)
        // The bridge says what is wrong with it.
        #expect(events[3]["context"] == "text")
    }

    @Test("RudderStack's traits of an identify stand beside its context too, unless there are others")
    func traits() throws {
        let path = "/v1/identify"
        let context = #""context":{"traits":{"email":"ann@example.com"}}"#
        for traits in ["", #","traits":null"#, #","traits":{}"#] {
            let event = try Self.single("{\(context)\(traits)}", path: path)
            #expect(event["traits"] == ["email": "ann@example.com"])
            #expect(event["context"]?["traits"] == ["email": "ann@example.com"])
        }
        #expect(try Self.single(#"{\#(context),"traits":{"plan":"pro"}}"#, path: path)["traits"] == ["plan": "pro"])
        #expect(try Self.single("{\(context)}", path: "/v1/track")["traits"] == nil)
        #expect(try Self.single(#"{"context":{"traits":{}}}"#, path: path)["traits"] == nil)
    }

    @Test(
        "Times by our clock",
        arguments: [
            // The sender's clock is an hour slow.
            (
                #""timestamp":"2026-11-28T09:00:00Z","sentAt":"2026-11-28T09:00:02Z""#, "2026-11-28T10:00:08.000Z",
                "2026-11-28T09:00:00Z"
            ),
            // And an hour fast, with an offset and microseconds.
            (
                #""timestamp":"2026-11-28T13:00:00.250000+02:00","sentAt":"2026-11-28T11:00:00.500000+00:00""#,
                "2026-11-28T10:00:09.750Z", "2026-11-28T13:00:00.250000+02:00"
            ),
            // RudderStack's.
            (
                #""originalTimestamp":"2026-11-28T09:59:00Z","sentAt":"2026-11-28T10:00:00Z""#,
                "2026-11-28T09:59:10.000Z",
                "2026-11-28T09:59:00Z"
            ),
            // Nothing to correct by.
            (#""timestamp":"2026-11-28T09:00:00Z""#, "2026-11-28T09:00:00Z", "2026-11-28T09:00:00Z"),
            (#""timestamp":"2026-11-28T09:00:00Z","sentAt":"then""#, "2026-11-28T09:00:00Z", "2026-11-28T09:00:00Z"),
            (#""timestamp":"once","sentAt":"2026-11-28T10:00:00Z""#, "once", "once"),
            (#""timestamp":1795860000000,"sentAt":1795860005"#, "2026-11-28T10:00:05.000Z", "1795860000000"),
            // No time at all is the receipt's.
            (#""sentAt":"2026-11-28T09:00:00Z""#, "2026-11-28T10:00:10.000Z", nil),
            (#""timestamp":null"#, "2026-11-28T10:00:10.000Z", nil),
            // Corrected by another before.
            (
                #""timestamp":"2026-11-28T09:30:00Z","originalTimestamp":"2026-11-28T09:00:00Z","sentAt":"2026-11-28T09:00:00Z""#,
                "2026-11-28T09:30:00Z", "2026-11-28T09:00:00Z"
            ),
            // Out of all calendars.
            (
                #""timestamp":"9999-12-31T23:59:59Z","sentAt":"0001-01-01T00:00:00Z""#, "9999-12-31T23:59:59Z",
                "9999-12-31T23:59:59Z"
            ),
        ] as [(String, String, String?)]
    )
    func times(members: String, timestamp: String, original: String?) throws {
        let event = try Self.single("{\(members)}", path: "/v1/track")
        #expect(event["timestamp"]?.stringValue == timestamp)
        #expect(event["originalTimestamp"].map { $0.stringValue ?? $0.jsonText } == original)
        #expect(event["receivedAt"] == "2026-11-28T10:00:10.000Z")
    }

    @Test("A batch's sentAt counts for events without their own; what a client says of the receipt does not")
    func sentAt() throws {
        let events = try Self.batch(
            #"""
            {"sentAt":"2026-11-28T10:00:00Z","batch":[{"timestamp":"2026-11-28T10:00:00Z","receivedAt":"1970-01-01T00:00:00Z"},
            {"timestamp":"2026-11-28T10:00:00Z","sentAt":"2026-11-28T10:00:01Z"}]}
            """#
        )
        #expect(events[0]["timestamp"] == "2026-11-28T10:00:10.000Z")
        #expect(events[0]["receivedAt"] == "2026-11-28T10:00:10.000Z")
        #expect(events[1]["timestamp"] == "2026-11-28T10:00:09.000Z")
        #expect(events[1]["sentAt"] == "2026-11-28T10:00:01Z")
    }

    @Test("What is no object is counted, and the rest is added")
    func notObjects() throws {
        let request = Fixtures.post("/v1/batch", #"{"batch":[1,null,"a",[],{"userId":"u"},true,{}]}"#)
        guard case .add(let batch, _, _) = Self.pipeline.outcome(of: request) else {
            Issue.record("nothing is added")
            return
        }
        #expect(batch.events.count == 2)
        #expect(batch.dropped == [.notAnObject: 5])
        #expect(batch.count == 7)
    }

    @Test("The contact is the one whom the bridge orders by")
    func contactKey() throws {
        let request = Fixtures.post(
            "/v1/batch",
            #"""
            {"batch":[{"userId":17},{"userId":" ","traits":{"email":"a@example.com"}},{"userId":"undefined","anonymousId":"an"},
            {"userId":12345678901234567890},{"context":{"traits":{"email":"c@example.com"}}},{}]}
            """#
        )
        guard case .add(let batch, _, _) = Self.pipeline.outcome(of: request) else {
            Issue.record("nothing is added")
            return
        }
        #expect(
            batch.events.map(\.contactKey)
                == ["17", "a@example.com", "an", "12345678901234567890", "c@example.com", nil]
        )
    }

    @Test("An address is stored when that is asked, of devices only, and never in place of another")
    func address() throws {
        var options = IngestPipeline.Options()
        func ip(_ path: String, _ body: String = "{}", address: String = "192.0.2.9") throws -> JSONValue? {
            let request = IngestRequest(
                endpoint: IngestEndpoint(method: "POST", path: path),
                headers: [("X-Write-Key", Fixtures.serverSecret)],
                body: Array(body.utf8),
                remoteAddress: address
            )
            let events = try IngestPipeline(keys: Fixtures.keys, options: options).events(of: request)
            return events.first?["context"]?["ip"]
        }
        #expect(try ip("/v1/t") == nil)
        options.storesAddress = true
        #expect(try ip("/v1/t") == "192.0.2.9")
        #expect(try ip("/v1/t", address: "2001:db8::1") == nil)
        #expect(try ip("/v1/t", #"{"context":{"ip":"192.0.2.1"}}"#) == "192.0.2.1")
        #expect(try ip("/v1/t", #"{"context":{"ip":null}}"#) == "192.0.2.9")
        #expect(try ip("/v1/track") == nil)
        #expect(try ip("/v1/track", #"{"context":{"direct":true}}"#) == "192.0.2.9")
    }
}
