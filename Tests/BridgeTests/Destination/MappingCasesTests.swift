import Bridge
import Destination
import JSON
import Testing

@Suite("Cases that users write beside their mappings")
struct MappingCasesTests {
    private func cases(_ text: String) throws -> [MappingCase] {
        try MappingCases(file: "t.yaml", bytes: Array(text.utf8)).cases
    }

    private func differences(_ expect: String, event: String = "{type: track, userId: u, event: E}") throws -> [String]
    {
        let text = "cases:\n  - event: \(event)\n    expect: \(expect)\n"
        return try cases(text).flatMap { $0.differences(by: .presets) }.map(\.description)
    }

    @Test(
        "Cases that pass",
        arguments: [
            "[{request: {path: events/send, body: {userId: u, eventName: E}}}]",
            "{request: {path: events/send, body: {eventName: E, userId: u}}}",
            "[{mapping: Send event, request: {method: POST, path: events/send, body: {eventName: E, userId: u}}}]",
        ]
    )
    func requests(_ expect: String) throws {
        #expect(try differences(expect).isEmpty)
    }

    @Test("Nothing is expected of an ignored event")
    func ignored() throws {
        #expect(try differences("ignored", event: "{type: page}").isEmpty)
        #expect(try differences("[]", event: "{type: page}").isEmpty)
        #expect(
            try differences("ignored") == [
                """
                /0
                    expected nothing
                    got      {"mapping":"Send event","request":{"path":"events/send","body":{"eventName":"E","userId":"u"}}}
                """
            ]
        )
    }

    @Test("Errors by field, or any of a kind")
    func errors() throws {
        let event = "{type: track, properties: {email: x}}"
        #expect(
            try differences("[{error: {userId: required, email: format, eventName: required}}]", event: event).isEmpty
        )
        #expect(try differences("{error: invalid}", event: event).isEmpty)
        #expect(
            try differences("{error: {userId: required, email: type}}", event: event) == [
                "/0/error/email\n    expected \"type\"\n    got      \"format\"",
                "/0/error/eventName\n    expected nothing\n    got      \"required\"",
            ]
        )
        #expect(
            try differences("{error: mapping}", event: event) == [
                """
                /0/error
                    expected "mapping"
                    got      {"email":"format","eventName":"required","userId":"required"}
                """
            ]
        )
    }

    @Test("Numbers are doubles; every difference has its place")
    func places() throws {
        let event = "{type: track, userId: u, event: E, properties: {n: 1, a: [1, {b: 2}], 'x/y': 1}}"
        func expect(_ properties: String) -> String {
            "{mapping: Send event, request: {path: events/send, body: {userId: u, eventName: E, eventProperties: \(properties)}}}"
        }
        #expect(try differences(expect("{n: 1.0, a: [1, {b: 2e0}], x/y: 1}"), event: event).isEmpty)
        #expect(
            try differences(expect("{n: '1', a: [1, {b: 3}, 4], z: null}"), event: event) == [
                "/0/request/body/eventProperties/n\n    expected \"1\"\n    got      1",
                "/0/request/body/eventProperties/a/1/b\n    expected 3\n    got      2",
                "/0/request/body/eventProperties/a/2\n    expected 4\n    got      nothing",
                "/0/request/body/eventProperties/z\n    expected null\n    got      nothing",
                "/0/request/body/eventProperties/x~1y\n    expected nothing\n    got      1",
            ]
        )
    }

    @Test("A mapping that fails, and which it is")
    func failures() throws {
        let mappings = """
            [{"name": "A", "action": "sendEvent", "mapping": {"userId": {"@path": {"@path": "$.x"}}}}]
            """
        let destination = try Destination(file: "m", bytes: Array(mappings.utf8))
        let read = try cases("cases: [{event: {type: track}, expect: {mapping: A, error: mapping}}]")
        #expect(read.flatMap { $0.differences(by: destination) }.isEmpty)
    }

    @Test("Every fault of a file at once, with line, place and suggestion")
    func faults() throws {
        let text = """
            mapping: m.yaml
            cases:
              - nam: A
                event: {type: track}
                expect:
                  - requst: {}
                  - request: {path: events/sent, body: {}}
                  - request: {path: events/send, bdy: {}}
                  - error: {userId: missing}
                  - error: any
                  - 5
              - event: 5
                expect: nothing
              - 7
            """
        let faults = try #require(throws: MappingsFileFaults.self) { try cases(text) }
        #expect(
            faults.description.split(separator: "\n")
                == [
                    "t.yaml:1: /mapping: is not known here; did you mean 'mappings'?",
                    "t.yaml:3: /cases/0/nam: is not known here; did you mean 'name'?",
                    "t.yaml:6: /cases/0/expect/0/requst: is not known here; did you mean 'request'?",
                    "t.yaml:6: /cases/0/expect/0: needs either 'request' or 'error'",
                    "t.yaml:7: /cases/0/expect/1/request/path: 'events/sent' is none of "
                        + "contacts/update, events/send, contacts/delete, transactional",
                    "t.yaml:8: /cases/0/expect/2/request/bdy: is not known here; did you mean 'body'?",
                    "t.yaml:8: /cases/0/expect/2/request/body: must be the body that is expected, an object",
                    "t.yaml:9: /cases/0/expect/3/error/userId: must be one of required, type, format, maxLength",
                    "t.yaml:10: /cases/0/expect/4/error: must be 'invalid', 'mapping', or fields with their faults, "
                        + "as {userId: required}",
                    "t.yaml:11: /cases/0/expect/5: must be an object with 'request' or 'error', not a number",
                    "t.yaml:13: /cases/1/expect: must be 'ignored', or a list with 'request' or 'error' for each mapping "
                        + "that matches",
                    "t.yaml:12: /cases/1/event: must be an event, as {type: track, userId: u1, event: Signed Up}",
                    "t.yaml:14: /cases/2: must be an object, not a number",
                ].sorted { Self.line($0) < Self.line($1) }.map { Substring($0) }
        )
    }

    private static func line(_ fault: String) -> Int { Int(fault.split(separator: ":")[1]) ?? 0 }

    @Test("Other files", arguments: ["", "5", "[]", "cases: []", "cases: 5", "{}", "{\"cases\": [", "a: [", "\u{0}"])
    func otherFiles(_ text: String) {
        #expect(throws: MappingsFileFaults.self) { try cases(text) }
    }
}
