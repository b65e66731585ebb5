import AsyncHTTPClient
import DevKit
import JSON
import Logging
import LoopsSimulator
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge

@Suite("Dead letters over HTTP, with Redis and a simulated Loops", .tags(.servers), .timeLimit(.minutes(3)))
struct DeadLettersOverHTTPTests {
    /// Refuses the first requests.
    private static func simulation(refused: Int) -> SimulatorConfiguration {
        var simulation = SimulatorConfiguration.unlimited
        simulation.faults = [
            FaultRule(
                "refused",
                .respond(status: 400, .message("user-0@example.com is refused"), .before),
                remaining: refused
            )
        ]
        return simulation
    }

    private static func event(_ number: Int, of user: String) -> [UInt8] {
        let email = user.contains("@") ? user : "\(user)@example.com"
        let event: JSONValue = [
            "type": "track", "event": "E", "messageId": .string("m-\(number)"), "userId": .string(user),
            "properties": ["email": .string(email), "x": "payload"],
        ]
        return event.serialized()
    }

    /// The last line of an answer; all lines are JSON.
    private func ask(
        _ url: String,
        _ method: HTTPMethod = .GET,
        token: String? = nil,
        body: String? = nil
    ) async throws -> (status: UInt, text: String, json: JSONValue) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        let lines = try text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
        return (response.status.code, text, lines.last ?? .null)
    }

    /// What people did, as the log has it.
    private final class Lines: LogHandler, Sendable {
        let seen = Mutex<[Logger.Metadata]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set { _ = newValue }
        }
        var logLevel: Logger.Level {
            get { .info }
            set { _ = newValue }
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set { _ = newValue }
        }
        func log(event: LogEvent) { seen.withLock { $0.append(event.metadata ?? [:]) } }
    }

    @Test("Listed without what they hold; dry run, then replayed and delivered, once; who did it stands in the log")
    func bulk() async throws {
        try await Harness.run(simulation: Self.simulation(refused: 3)) { harness in
            let lines = Lines()
            try await harness.withPage(port: FreePort.take(), logger: Logger(label: "test") { _ in lines }) { url in
                try await harness.publish((0..<3).map { Self.event($0, of: "user-\($0)@example.com") })
                await harness.bridge.confirmedEnds.reached(3)
                let anyone = try await ask(url + "dead.json")
                #expect(anyone.status == 200 && anyone.json["letters"]?.arrayValue?.count == 3)
                for text in ["payload", "@example.com", "is refused", "m-1"] {
                    #expect(!anyone.text.contains(text), "\(text)")
                }
                let page = try await ask(url + "dead.json?limit=2", token: Harness.viewToken)
                #expect(page.text.contains("user-2@example.com") && !page.text.contains("payload"))
                let next = try #require(page.json["next"]?.stringValue)
                let rest = try await ask(url + "dead.json?limit=2&before=\(next)", token: Harness.viewToken).json
                #expect(rest["letters"]?.arrayValue?.count == 1 && rest["next"] == .null)
                let id = try #require(rest["letters"]?.arrayValue?.first?["id"]?.stringValue)
                let detail = try await ask(url + "dead.json?id=\(id)", token: Harness.viewToken)
                #expect(detail.text.contains("payload") && detail.text.contains("Send event: POST events/send"))

                let control = Harness.controlToken
                let plan = try await ask(
                    url + "dead/replay",
                    .POST,
                    token: control,
                    body: #"{"letters":{"reason":"refused"},"dryRun":true}"#
                ).json
                #expect(plan["found"] == 3 && plan["done"] == 3 && plan["dryRun"] == true)
                #expect(try await harness.deadLetters().count == 3 && lines.seen.withLock { $0.isEmpty })
                let upTo = try #require(plan["upTo"]?.stringValue)
                let order = #"{"letters":{"reason":"refused","upTo":"\#(upTo)"},"reason":"list\nmended"}"#
                let answer = try await ask(url + "dead/replay", .POST, token: control, body: order).json
                #expect(answer["done"] == 3 && answer["left"] == 0 && answer["entries"]?.arrayValue?.count == 3)
                await harness.bridge.confirmedEnds.reached(6)
                #expect(harness.simulator.effects().filter(\.isPrincipal).count == 3)
                #expect(try await harness.deadLetters().isEmpty)
                let again = try await ask(url + "dead/replay", .POST, token: control, body: order).json
                #expect(again["found"] == 0 && again["done"] == 0)
                let said = try #require(lines.seen.withLock { $0.first { $0["action"] != nil } })
                #expect(said["token"] == "control" && said["peer"] == "127.0.0.1" && said["reason"] == "list mended")
            }
        }
    }

    @Test("A letter that a newer event has overtaken is left alone, and replayed when it is asked for by itself")
    func overtaken() async throws {
        try await Harness.run(simulation: Self.simulation(refused: 1)) { harness in
            try await harness.withPage(port: FreePort.take()) { url in
                try await harness.publish([Self.event(0, of: "ann")])
                await harness.bridge.confirmedEnds.reached(1)
                try await harness.publish([Self.event(1, of: "ann")])
                await harness.bridge.confirmedEnds.reached(2)
                func order(_ action: String, _ body: String) async throws -> JSONValue {
                    try await ask(url + "dead/\(action)", .POST, token: Harness.controlToken, body: body).json
                }
                let plan = try await order("replay", #"{"letters":{},"dryRun":true}"#)
                let left = try #require(plan["letters"]?.arrayValue?.first)
                #expect(plan["done"] == 0 && plan["left"] == 1 && left["overtaken"] == true)
                let id = try #require(left["id"]?.stringValue)
                let one = #""letters":{"id":"\#(id)","stream":"\#(Harness.stream)"},"reason":"r""#
                #expect(try await order("replay", "{\(one)}")["left"] == 1)
                #expect(try await harness.deadLetters().count == 1)
                #expect(try await order("replay", #"{\#(one),"evenIfOvertaken":true}"#)["done"] == 1)
                await harness.bridge.confirmedEnds.reached(3)
                #expect(harness.simulator.effects().filter(\.isPrincipal).count == 2)
            }
        }
    }

    @Test("Dropped letters are gone, those that came after the dry run stay")
    func drop() async throws {
        try await Harness.run(simulation: Self.simulation(refused: 3)) { harness in
            try await harness.withPage(port: FreePort.take()) { url in
                func order(_ body: String) async throws -> JSONValue {
                    try await ask(url + "dead/drop", .POST, token: Harness.controlToken, body: body).json
                }
                try await harness.publish((0..<2).map { Self.event($0, of: "user-\($0)") })
                await harness.bridge.confirmedEnds.reached(2)
                let plan = try await order(#"{"letters":{"newerThan":"1h"},"dryRun":true}"#)
                let upTo = try #require(plan["upTo"]?.stringValue)
                try await harness.publish([Self.event(2, of: "user-2")])
                await harness.bridge.confirmedEnds.reached(3)
                let answer = try await order(#"{"letters":{"newerThan":"1h","upTo":"\#(upTo)"},"reason":"r"}"#)
                #expect(plan["done"] == 2 && answer["done"] == 2 && answer["entries"] == [])
                #expect(try await harness.deadLetters().map { $0["contact"] } == ["user-2"])
            }
        }
    }
}
