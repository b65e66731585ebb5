import Bridge
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import NIOCore
import Operations
import RedisStreams
import Testing

@testable import BridgeService

@Suite("Dead letters over HTTP: who may ask, and what is refused", .timeLimit(.minutes(1)))
struct DeadLetterRoutesTests {
    private static let one = #"{"letters":{"id":"1-0"},"reason":"mended"}"#

    private func ask(
        _ client: any TestClientProtocol,
        _ uri: String,
        _ method: HTTPRequest.Method = .get,
        token: String? = nil,
        headers: HTTPFields = [:],
        body: String = ""
    ) async throws -> (status: HTTPResponse.Status, json: JSONValue) {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        let answer = try await client.execute(
            uri: uri,
            method: method,
            headers: headers,
            body: body.isEmpty ? nil : ByteBuffer(string: body)
        )
        return (answer.status, (try? JSONParser.parse(Array(answer.body.readableBytesView))) ?? .null)
    }

    @Test("Only the control token changes something, and never without a reason", arguments: ["replay", "drop"])
    func access(action: String) async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            let uri = "/dead/\(action)"
            #expect(try await ask(client, uri, .post, body: Self.one).status == .unauthorized)
            let wrong = try await ask(client, uri, .post, token: "wrong-0123456789abc", body: Self.one)
            #expect(wrong.status == .unauthorized)
            let viewer = try await ask(client, uri, .post, token: JournalRoutesTests.view, body: Self.one)
            #expect(viewer.status == .forbidden)
            for body in [#"{"letters":{"id":"1-0"}}"#, #"{"letters":{"id":"1-0"},"reason":" "}"#] {
                let silent = try await ask(client, uri, .post, token: JournalRoutesTests.control, body: body)
                #expect(silent.status == .badRequest && silent.json["error"] == "Say why, in reason.")
            }
            #expect(try await ask(client, "/access.json").json["access"] == "anyone")
            let seen = try await ask(client, "/access.json", token: JournalRoutesTests.control).json
            #expect(seen["access"] == "control" && seen["controlToken"] == true)
        }
    }

    @Test("Another site's page changes nothing, whatever token it has; the bridge's own does")
    func origin() async throws {
        try await JournalRoutesTests().withJournal { client, bridge in
            let control = JournalRoutesTests.control
            let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
            let foreign: [HTTPFields] = [
                [.origin: "https://evil.example"], [site: "cross-site"], [site: "same-site"], [.origin: "null"],
            ]
            for headers in foreign {
                for uri in ["/dead/replay", "/dead/drop", "/control/drain"] {
                    let answer = try await ask(client, uri, .post, token: control, headers: headers, body: Self.one)
                    #expect(answer.status == .forbidden, "\(headers) \(uri)")
                }
                #expect(try await ask(client, "/status.json", headers: headers).status == .ok)
            }
            #expect(!bridge.isDrained)
            let own = try await ask(client, "/control/drain", .post, token: control, headers: [site: "same-origin"])
            #expect(own.status == .ok && bridge.isDrained)
        }
    }

    @Test("An origin is the bridge's own by its name and port, in any case; without a page there is none")
    func rule() {
        #expect(OriginRule.allows(site: nil, origin: nil, authority: "a:1"))
        #expect(OriginRule.allows(site: nil, origin: "http://A:1", authority: "a:1"))
        #expect(OriginRule.allows(site: "none", origin: nil, authority: "a:1"))
        // Behind a proxy of another name, the browser itself says whose page it is.
        #expect(OriginRule.allows(site: "same-origin", origin: "https://proxy", authority: "a:1"))
        for origin in ["http://a:2", "http://b:1", "null", "a:1", "file://a:1"] {
            #expect(!OriginRule.allows(site: nil, origin: origin, authority: "a:1"), "\(origin)")
        }
        #expect(!OriginRule.allows(site: nil, origin: "http://a:1", authority: nil))
    }

    @Test(
        "A question that makes no sense is told so",
        arguments: [
            "id=x", "newerThan=soon", "olderThan=1", "stream=none", "before=x", "raeson=refused", "contact=ann",
        ]
    )
    func questions(query: String) async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            let answer = try await ask(client, "/dead.json?\(query)")
            #expect(answer.status == .badRequest && answer.json["error"] != nil)
        }
    }

    @Test("Redis that does not answer is told so, and its address has no password")
    func noRedis() async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            let answer = try await ask(client, "/dead.json")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.json["error"]?.stringValue?.contains("does not answer") == true, "\(answer.json)")
        }
    }

    private static let refused: [(body: String, words: String)] = [
        ("no json", "no JSON"), ("[]", "Say which"), ("{}", "Say which"),
        (#"{"letters":{"id":"x"},"reason":"r"}"#, "id is a dead letter's ID"),
        (#"{"letters":{"id":1},"reason":"r"}"#, "a text, or a list"),
        (#"{"letters":{"raeson":"refused"},"dryRun":true}"#, "is no filter"),
        (#"{"letters":{"reason":"refused"},"reason":"r"}"#, "dry run first"),
        (#"{"letters":{},"reason":"r"}"#, "dry run first"),
        (#"{"letters":{"upTo":"9-0"},"reason":"r","evenIfOvertaken":true}"#, "one by one"),
        (#"{"letters":{"id":["1-0","2-0"]},"reason":"r","evenIfOvertaken":true}"#, "one by one"),
        (#"{"letters":{"stream":"none"},"dryRun":true}"#, "none of bridge.streams"),
    ]

    @Test("An order that is not clear does nothing: wrong filters, many without a dry run, several overtaken ones")
    func orders() async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            for (body, words) in Self.refused {
                let answer = try await ask(client, "/dead/drop", .post, token: JournalRoutesTests.control, body: body)
                #expect(answer.status == .badRequest, "\(body)")
                #expect(answer.json["error"]?.stringValue?.contains(words) == true, "\(body): \(answer.json)")
            }
            let ids = (1...DeadLetterQuery.maxIDs + 1).map { #""\#($0)-0""# }.joined(separator: ",")
            let many = #"{"letters":{"id":[\#(ids)]},"reason":"r"}"#
            let answer = try await ask(client, "/dead/drop", .post, token: JournalRoutesTests.control, body: many)
            #expect(answer.status == .badRequest)
            let large = String(repeating: " ", count: DeadLetterRoutes.maxBody + 1)
            let cut = try await ask(client, "/dead/drop", .post, token: JournalRoutesTests.control, body: large)
            #expect(cut.status == .contentTooLarge)
        }
    }

    @Test("What an order says is what is done")
    func order() throws {
        let query = DeadLetterQuery(streams: ["a"])
        let body = #"{"letters":{"id":["1-0"],"stream":"a"},"reason":"mended","evenIfOvertaken":true}"#
        let (order, reason) = try query.order(.replay, Array(body.utf8))
        var filter = DeadLetterFilter()
        (filter.ids, filter.streams) = ([StreamID(milliseconds: 1, sequence: 0)], ["a"])
        #expect(order == DeadLetterOrder(.replay, filter, replaysOvertaken: true) && reason == "mended")
        let bulk = #"{"letters":{"reason":["refused"],"mapping":"m","olderThan":"1d","upTo":"9-0"},"reason":"old"}"#
        let filters = try query.order(.drop, Array(bulk.utf8)).0.filter
        #expect(filters.reasons == ["refused"] && filters.mappings == ["m"] && filters.olderThan == .seconds(86400))
        #expect(filters.notAfter == StreamID(milliseconds: 9, sequence: 0))
    }
}
