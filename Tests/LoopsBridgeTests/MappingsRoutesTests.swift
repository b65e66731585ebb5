import Bridge
import Destination
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import NIOCore
import Testing

@testable import BridgeService

@Suite("The mappings in force, and what they would make of an event", .timeLimit(.minutes(1)))
struct MappingsRoutesTests {
    private func ask(
        _ client: any TestClientProtocol,
        _ uri: String,
        _ method: HTTPRequest.Method = .get,
        token: String? = nil,
        body: String = ""
    ) async throws -> (status: HTTPResponse.Status, json: JSONValue) {
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        let answer = try await client.execute(
            uri: uri,
            method: method,
            headers: headers,
            body: body.isEmpty ? nil : ByteBuffer(string: body)
        )
        return (answer.status, try JSONParser.parse(Array(answer.body.readableBytesView)))
    }

    @Test("Names and counts for anyone; triggers, and why a file was refused, with a token")
    func list() async throws {
        try await JournalRoutesTests().withJournal { client, bridge in
            let before = try await ask(client, "/mappings.json").json
            #expect(before["access"] == "anyone" && before["source"] == .null && before["refusedAt"] == .null)
            #expect(before["mappings"]?.arrayValue?.map { $0["name"] } == ["Create or update contact", "Send event"])
            for mapping in before["mappings"]?.arrayValue ?? [] {
                #expect(mapping["trigger"] == .null && mapping["lastAt"] == .null && mapping["delivered"] == 0)
            }
            bridge.reloadRefused("words of the file")
            let anyone = try await ask(client, "/mappings.json").json
            #expect(anyone["refusedAt"]?.doubleValue ?? 0 > 0 && anyone["refusal"] == .null)
            let seen = try await ask(client, "/mappings.json", token: JournalRoutesTests.view).json
            #expect(seen["refusal"] == "words of the file" && bridge.status.mappingsRefused)
            #expect(seen["mappings"]?.arrayValue?.last?["trigger"] == #"type = "track""#)
            bridge.reload(.presets)
            #expect(try await ask(client, "/mappings.json").json["refusedAt"] == .null)
        }
    }

    @Test("An event is tried with a token only: the requests and the way there; nothing is sent")
    func tried() async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            let event = #"{"type":"track","event":"E","userId":"u"}"#
            let anyone = try await ask(client, "/mappings/try", .post, body: event)
            #expect(anyone.status == .unauthorized)
            let good = try await ask(client, "/mappings/try", .post, token: JournalRoutesTests.view, body: event)
            #expect(good.json["explanation"]?.stringValue?.contains("✓ Send event: POST events/send") == true)
            let request = try #require(good.json["requests"]?.arrayValue?.first)
            #expect(request["mapping"] == "Send event" && request["body"]?["eventName"] == "E")
        }
    }

    @Test("What is no event, or too large, is refused", arguments: ["no json", "[]", #"{"event":{},"fql":"x"}"#])
    func refused(body: String) async throws {
        try await JournalRoutesTests().withJournal { client, _ in
            let view = JournalRoutesTests.view
            let wrong = try await ask(client, "/mappings/try", .post, token: view, body: body)
            #expect(wrong.status == .unprocessableContent, "\(body)")
            let text = String(repeating: " ", count: MappingsRoutes.maxEventBytes + 1)
            let large = try await ask(client, "/mappings/try", .post, token: view, body: text)
            #expect(large.status == .contentTooLarge)
        }
    }
}
