import Destination
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import Loops
import MetricCatalog
import PrometheusMetrics
import RedisStreams
import Segment
import Testing

@testable import Bridge
@testable import BridgeService
@testable import Support
@testable import loops_bridge

@Suite("The journal's endpoints", .timeLimit(.minutes(1)))
struct JournalRoutesTests {
    static let control = "control-0123456789"
    static let view = "view-0123456789abc"
    private static let event =
        #"{"type":"track","event":"Secret Plan","messageId":"m-1","userId":"ann@example.com","properties":{"x":"payload"}}"#
    /// What only a token shows.
    private static let hidden = ["Secret Plan", "ann@example.com", "payload", "m-1", "words of Loops"]

    typealias Client = any TestClientProtocol

    func withJournal(
        entries: Int = 2000,
        _ body: @Sendable @escaping (Client, Bridge) async throws -> Void
    ) async throws {
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: "redis://127.0.0.1:1"),
            loops: LoopsConfiguration(baseURL: "http://127.0.0.1:1", apiKey: "key", userAgent: "test"),
            instance: "this-one"
        )
        configuration.journalEntries = entries
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await LoopsClient.withClient(configuration.loops) { [configuration] loops in
            let registry = MetricRegistry(descriptions: MetricDescription.bridge)
            let bridge = Bridge(
                configuration: configuration,
                destination: .presets,
                loops: loops,
                factory: PrometheusMetricsFactory(registry: registry),
                logger: logger
            )
            let control = ControlRoutes(
                bridge: bridge,
                token: ControlToken(Self.control),
                viewToken: ControlToken(Self.view),
                reloader: nil,
                logger: logger
            )
            let router = AdminServer(bridge: bridge, registry: registry, control: control).router
            try await Application(router: router, logger: logger).test(.router) { try await body($0, bridge) }
        }
    }

    /// Completes an entry that Loops refused.
    static func complete(_ id: UInt64, _ bridge: Bridge) {
        let entry = StreamEntry(
            id: StreamID(milliseconds: id, sequence: 0),
            fields: [StreamField("event", event)]
        )
        let planner = EntryPlanner(rules: CurrentDestination(.presets), streams: ["segment:events"], keepsRecords: true)
        var state = DeliveryState(isLimited: false, maxInFlight: 1, retry: RetryPolicy())
        _ = state.contactQueues.admit(planner.plan(entry, stream: 0, partition: 0, size: 100))
        guard case .send(let start) = state.next(now: .now) else { return }
        let answer = LoopsResponse(outcome: .rejected(.refused), status: 400, message: "words of Loops")
        bridge.journal?.completed(state.answered(start, answer, now: .now, random: 0).ends, at: 1)
    }

    private func get(_ uri: String, _ client: Client, token: String? = nil) async throws
        -> (status: HTTPResponse.Status, headers: HTTPFields, text: String, json: JSONValue)
    {
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        let response = try await client.execute(uri: uri, method: .get, headers: headers)
        let text = String(buffer: response.body)
        return (response.status, response.headers, text, (try? JSONParser.parse(text)) ?? .null)
    }

    @Test("Without a token: outcome, hash, mapping, status, reason, and nothing that an event or Loops said")
    func anyone() async throws {
        try await withJournal { client, bridge in
            Self.complete(7, bridge)
            for uri in ["/journal.json", "/journal/entry.json?id=7-0", "/status.json", "/"] {
                let answer = try await get(uri, client)
                #expect(answer.status == .ok)
                for text in Self.hidden { #expect(!answer.text.contains(text), "\(uri): \(text)") }
            }
            let list = try await get("/journal.json", client).json
            let entry = try #require(list["entries"]?.arrayValue?.first)
            #expect(list["access"] == "anyone" && list["replica"] == "this-one" && list["kept"] == 1)
            #expect(
                entry["outcome"] == "deadLettered" && entry["contactHash"] == .string(Redaction.hash("ann@example.com"))
            )
            #expect(entry["failures"]?.arrayValue?.first?["reason"] == "refused" && entry["contact"] == .null)
            let request = try #require(entry["requests"]?.arrayValue?.first)
            #expect(request["mapping"] == "Send event" && request["status"] == 400 && request["message"] == .null)
            // Whoever knows the ID of a message may ask for it; whether somebody is a contact is not told.
            #expect(try await get("/journal.json?query=m-1", client).json["entries"]?.arrayValue?.count == 1)
            #expect(try await get("/journal.json?query=ann@example.com", client).json["entries"] == [])
        }
    }

    @Test(
        "With either token: the event, its way through the mapping, the request and the answer",
        arguments: [control, view]
    )
    func viewer(token: String) async throws {
        try await withJournal { client, bridge in
            Self.complete(7, bridge)
            let list = try await get("/journal.json?query=ann%40example.com", client, token: token).json
            let line = try #require(list["entries"]?.arrayValue?.first)
            #expect(line["contact"] == "ann@example.com" && line["events"]?.arrayValue?.first?["name"] == "Secret Plan")
            let entry = try await get("/journal/entry.json?id=7-0&stream=segment:events", client, token: token).json
            #expect(entry["fields"]?.arrayValue?.first?["value"] == .string(Self.event))
            let request = try #require(entry["requests"]?.arrayValue?.first)
            #expect(request["message"] == "words of Loops" && request["body"]?["eventName"] == "Secret Plan")
            let explanation = try #require(entry["explanations"]?.arrayValue?.first?.stringValue)
            #expect(explanation.contains("✓ Send event: POST events/send") && explanation.contains("← default"))
            #expect(
                entry["reasons"]?.arrayValue?.first?.stringValue?.hasPrefix("Create or update contact: not type = ")
                    == true
            )
        }
    }

    @Test("A wrong token is refused and logged out of nothing; the view token changes nothing")
    func refused() async throws {
        try await withJournal { client, bridge in
            Self.complete(7, bridge)
            let wrong = try await get("/journal.json", client, token: "wrong-0123456789abc")
            #expect(wrong.status == .unauthorized && wrong.headers[.wwwAuthenticate] == "Bearer")
            #expect(
                wrong.json["entries"] == nil && wrong.json["error"]?.stringValue?.contains("http.viewToken") == true
            )
            let pause = try await client.execute(
                uri: "/control/drain",
                method: .post,
                headers: [.authorization: "Bearer \(Self.view)"]
            )
            #expect(pause.status == .forbidden && !bridge.isDrained)
            #expect(try await get("/journal.json?token=\(Self.view)", client).json["access"] == "anyone")
        }
    }

    @Test("What is not there, what is no ID, and a journal that is off say so")
    func absent() async throws {
        try await withJournal { client, _ in
            let (gone, wrong) = try await (
                get("/journal/entry.json?id=9-0", client), get("/journal/entry.json?id=x", client)
            )
            #expect(gone.status == .notFound && wrong.status == .badRequest)
        }
        try await withJournal(entries: 0) { client, bridge in
            #expect(bridge.journal == nil)
            for uri in ["/journal.json", "/journal/entry.json?id=9-0", "/journal/events"] {
                let answer = try await get(uri, client)
                #expect(answer.status == .notFound && answer.json["journal"] == "off")
                #expect(answer.json["error"]?.stringValue?.contains("BRIDGE_JOURNAL") == true)
            }
        }
    }
}
