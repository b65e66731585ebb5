import Bridge
import Destination
import JSON
import Loops
import Testing

@Suite struct MappingsFileTests {
    private func faults(_ text: String) throws -> [String] {
        try #require(throws: MappingsFileFaults.self) { try Destination(file: "m", bytes: Array(text.utf8)) }
            .description.split(separator: "\n").map(String.init)
    }

    private static let yaml = """
        # People
        mappings:
          - name: People
            action: createOrUpdateContact
            trigger: type = "identify" and traits.plan != 'free'
            priority: 5
            mapping:
              userGroup: {"@path": $.traits.plan}
              createdAt: {"@literal": "2023"}
              source: yes
            options: {nested: flatten, longText: truncate, dropReserved: true, allow: [plan]}
          - action: sendEvent
            enabled: false
            useDefaults: false
            mapping: {userId: {"@path": $.userId}, eventName: E}
        """

    @Test func yaml() throws {
        let destination = try Destination(file: "m.yaml", bytes: Array(Self.yaml.utf8))
        let first = try #require(destination.mappings.first)
        #expect(destination.mappings.map(\.name) == ["People", "sendEvent"])
        #expect(destination.mappings.map(\.isEnabled) == [true, false])
        #expect(first.priority == 5)
        #expect(
            first.options
                == ContentOptions(
                    nested: .flatten,
                    longText: .truncate,
                    dropsReservedNames: true,
                    allowedProperties: ["plan"]
                )
        )
        let results = destination.results(for: [
            "type": "identify", "userId": "u", "traits": ["plan": "pro", "other": 1],
        ])
        guard case .request(let request)? = results.first?.outcome else {
            Issue.record("\(results)")
            return
        }
        #expect(
            request.body == [
                "userId": "u", "plan": "pro", "userGroup": "pro", "createdAt": "2023", "source": "yes",
                "mailingLists": [:],
            ]
        )
    }

    @Test func jsonAsSegmentExportsIt() throws {
        let text = #"""
            [{"partnerAction": "sendEvent", "subscribe": "type = \"track\"", "name": "T", "enabled": true, "mapping": {"userId": {"@path": "$.userId"}, "eventName": "😀"}},
             {"partnerAction": "createOrUpdateContact", "subscribe": "type = \"identify\"", "name": "T"}]
            """#
        let destination = try Destination(file: "m.json", bytes: Array(text.utf8))
        #expect(destination.mappings.map(\.name) == ["T", "T 2"])
        #expect(destination.warnings.count == 1)
        #expect(destination.mappings[0].fields == ["userId": ["@path": "$.userId"], "eventName": "😀"])
        #expect(destination.mappings[1].fields == .object(LoopsAction.createOrUpdateContact.traits.defaultMapping))
    }

    @Test("A mail names its trigger and its ID; its priority and age are its own unless the file says otherwise")
    func transactional() throws {
        #expect(
            try faults("mappings: [{action: sendTransactional, options: {nested: drop}}]") == [
                "m:1: /mappings/0: \(DestinationError.noTrigger(.sendTransactional))",
                "m:1: /mappings/0: needs 'mapping' with 'transactionalId', which sendTransactional requires",
            ]
        )
        #expect(
            try faults(
                "mappings: [{action: sendTransactional, trigger: type = 'track', mapping: {addToAudience: true}}]"
            )
                == ["m:1: /mappings/0/mapping: needs 'transactionalId', which sendTransactional requires"]
        )
        let text = """
            mappings:
              - {action: sendTransactional, trigger: type = "track", mapping: {transactionalId: cm1}, whenTooOld: send}
              - {action: sendTransactional, name: b, trigger: type = "track", mapping: {transactionalId: cm1},
                 priority: 3, maxAge: 1d, options: {nested: drop}}
            """
        let destination = try Destination(file: "m", bytes: Array(text.utf8))
        #expect(destination.mappings.map(\.priority) == [1000, 3])
        #expect(destination.mappings.map(\.maxAge) == [.seconds(3600), .seconds(86400)])
        #expect(destination.mappings.map(\.latePolicy) == [.send, .deadLetter])
        #expect(destination.warnings.count == 1)
        #expect(destination.warnings.allSatisfy { $0.contains("/mappings/1/options: has no effect") })
    }

    @Test func everyFaultAtOnce() throws {
        let text = """
            mappings:
              - acton: sendEvent
                action: sendEvnt
                trigger: type == "x"
                enabled: "true"
                priority: 1.5
              - action: sendEvent
                mapping:
                  emial: x
                  email: {"@pth": x}
                  userId: {"@replace": {pattern: a, value: 3}}
                options: {nested: falten, longTxt: drop, allow: [1]}
              - 5
              - action: sendEvent
                useDefaults: false
                mapping: {eventName: {"@if": {then: 1}}}
            version: 1
            """
        #expect(
            try faults(text) == [
                "m:2: /mappings/0/acton: is not known here; did you mean 'action'?",
                "m:3: /mappings/0/action: 'sendEvnt' is not an action; did you mean 'sendEvent'?",
                "m:4: /mappings/0/trigger: column 6: '==' is not a comparison; write '='",
                "m:5: /mappings/0/enabled: must be true or false, not a text",
                "m:6: /mappings/0/priority: must be an integer from -1000 to 1000",
                "m:9: /mappings/1/mapping/emial: is not a field of sendEvent; did you mean 'email'?",
                "m:10: /mappings/1/mapping/email/@pth: is not a directive; did you mean @path?",
                "m:11: /mappings/1/mapping/userId/@replace/value: must be a text or a directive, not number",
                "m:12: /mappings/1/options/longTxt: is not known here; did you mean 'longText'?",
                "m:12: /mappings/1/options/nested: must be one of send, flatten, drop, not falten",
                "m:12: /mappings/1/options/allow: must be a list of property names",
                "m:13: /mappings/2: must be an object, not a number",
                "m:16: /mappings/3/mapping: needs 'userId', which sendEvent requires",
                "m:16: /mappings/3/mapping/eventName/@if: needs 'exists' or 'blank' with a directive",
                "m:17: /version: is not known here; known are mappings",
            ]
        )
    }

    @Test("Priority, age, and what becomes of the too old; faults named")
    func urgency() throws {
        let good =
            "mappings:\n  - {action: sendEvent, priority: 3, maxAge: 6h, whenTooOld: expire}\n  - {action: sendEvent, name: b, maxAge: 90s}"
        let mappings = try Destination(file: "m", bytes: Array(good.utf8)).mappings
        #expect(mappings.map(\.maxAge) == [.seconds(6 * 3600), .seconds(90)])
        #expect(mappings.map(\.latePolicy) == [.expire, .deadLetter] && mappings[0].priority == 3)
        let bad =
            "mappings:\n  - {action: sendEvent, maxAge: 6, whenTooOld: park}\n  - {action: sendEvent, name: b, whenTooOld: send}"
        #expect(
            try faults(bad) == [
                "m:2: /mappings/0/maxAge: must be a time with its unit, like 90s, 5m, 6h or 2d",
                "m:2: /mappings/0/whenTooOld: must be one of expire, deadLetter, send, not park",
                "m:3: /mappings/1/whenTooOld: needs 'maxAge' beside it",
            ]
        )
    }

    @Test func linesOfJSON() throws {
        let text =
            "[\n {\"partnerAction\":\n  \"x\"},\n\n {\"subscribe\": 5, \"a\\u002fb\": [\n1], \"partnerAction\": \"sendEvent\"}\n]"
        #expect(
            try faults(text) == [
                "m:3: /0/partnerAction: 'x' is not an action; known are createOrUpdateContact, sendEvent, deleteContact, sendTransactional",
                "m:5: /1/a~1b: is not known here; known are name, enabled, partnerAction, subscribe, mapping, priority, maxAge, whenTooOld, options",
                "m:5: /1/subscribe: must be a text, not a number",
            ]
        )
    }

    @Test(arguments: [
        ("", "empty"), ("# nothing", "empty"), ("5", "list of mappings"), ("mappings: 5", "list of mappings"),
        ("mappings: []", "no mappings"),
        ("[]", "no mappings"), ("{\"mappings\": [}", "not JSON"), ("mappings:\n  - {a: @path}", "needs quotes"),
        ("a: 1\na: 2", "twice"),
        ("a: [", "not YAML"), ("? [a]\n: b", "must be a text"), ("a: &x {b: 1}\nc: {<<: *x}", "merge key"),
        ("--- {}\n--- {}", "not YAML"),
        ("mappings: [" + String(repeating: "{action: sendEvent},", count: 51) + "]", "51 mappings"),
        (String(repeating: "[", count: 200), "128"), (String(repeating: "x", count: 1_100_000), "bytes"),
    ])
    func says(text: String, reason: String) throws {
        let faults = try faults(text)
        #expect(faults.contains { $0.contains(reason) }, "\(faults)")
    }

    /// Aliases that double ten times and more must not become a gigabyte.
    @Test func aliasesAreCountedWhereTheyAreUsed() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        #expect(try faults(text).contains { $0.contains("100000 values") })
    }
}
