import Foundation
import JSON
import Loops
import Segment
import Testing

@testable import Bridge
@testable import Destination

@Suite("What map --explain says")
struct ExplainTests {
    private static let mappings = """
        mappings:
          - name: Contacts
            action: createOrUpdateContact
            trigger: type = "identify" and (traits.plan = "pro" or match(traits.email, "*@acme.com"))
            mapping:
              userGroup: {"@case": {operator: upper, value: {"@path": $.traits.plan}}}
              mailingLists: {a: true, b: x}
              subscribed: {"@path": $.traits.news}
              lastName: ""
            options: {nested: flatten, dropReserved: true}
          - {name: Off, action: sendEvent, enabled: false}
          - {action: deleteContact}
        """

    private func text(_ event: String, mappings: String? = nil, style: TextStyle = .plain) throws -> String {
        let destination = try mappings.map { try Destination(file: "m", bytes: Array($0.utf8)) } ?? .presets
        guard case .explained(let explanation) = LineExplainer(destination: destination).explain(Array(event.utf8))
        else { return "not explained" }
        return ExplanationText.text(explanation, style: style)
    }

    @Test("A match: conditions, fields with their origin, what was left out and changed, the request")
    func match() throws {
        let event =
            #"{"type":"identify","messageId":"m1","userId":5,"traits":{"plan":"free","email":"x@acme.com","news":1,"id":7,"company":{"name":"A"}}}"#
        #expect(
            try text(event, mappings: Self.mappings) == """
                identify · user 5 · message "m1"
                ✓ Contacts: PUT contacts/update
                    trigger  type = "identify" and (traits.plan = "pro" or match(traits.email, "*@acme.com"))
                      ✓ all of
                        ✓ type = "identify"
                        ✓ any of
                          ✗ traits.plan = "pro"   the event has "free"
                          ✓ match(traits.email, "*@acme.com")
                    fields
                      userGroup         "FREE"                                    ← @case upper @path $.traits.plan
                      mailingLists      {"a":true,"b":"x"}                        ← {"a":true,"b":"x"}
                      subscribed        1                                         ← @path $.traits.news  sent as true
                      lastName          ""                                        ← ""  left out: empty
                      customAttributes  {"plan":"free","email":"x@acme.com","news":1,"id":7,"company…  \
                ← default @path $.traits
                      email             "x@acme.com"                              \
                ← default @if then @path $.traits.email
                      firstName         undefined                                 \
                ← default @path $.traits.firstName  left out: there is no value
                      source            "Segment"                                 ← default @if else "Segment"
                      userId            5                                         ← default @path $.userId  sent as "5"
                    left out on the way
                      /mailingLists/b  "x"  neither true nor false
                    changed by options
                      /id  dropped, a reserved name (dropReserved)
                      /company  flattened (nested: flatten)
                    request
                      PUT https://app.loops.so/api/v1/contacts/update
                      {
                        "plan": "free",
                        "email": "x@acme.com",
                        "news": 1,
                        "userGroup": "FREE",
                        "subscribed": true,
                        "source": "Segment",
                        "userId": "5",
                        "mailingLists": {
                          "a": true
                        },
                        "company_name": "A"
                      }
                - Off: off
                ✗ deleteContact: the trigger does not match
                    trigger  type = "delete"
                      ✗ type = "delete"   the event has "identify"

                """
        )
    }

    @Test("Faults: all of them, beside their fields and together")
    func faults() throws {
        let event = #"{"type":"track","properties":{"email":"nobody"},"integrations":{"Loops":false}}"#
        #expect(
            try text(event) == """
                track
                the event's integrations switch Loops off: it would be ignored
                ✗ Create or update contact: the trigger does not match
                    trigger  type = "identify"
                      ✗ type = "identify"   the event has "track"
                ✗ Send event: 3 faults, nothing is sent
                    trigger  type = "track"
                      ✓ type = "track"
                    fields
                      email            "nobody"            ← default @if then @path $.properties.email  \
                /email does not look like "email"
                      eventName        undefined           ← default @path $.event  left out: there is no value
                      userId           undefined           ← default @path $.userId  left out: there is no value
                      eventProperties  {"email":"nobody"}  ← default @path $.properties
                    faults
                      /email does not look like "email"
                      eventName is missing or empty
                      userId is missing or empty

                """
        )
    }

    @Test("A directive that fails shows at its field, and the other fields still show")
    func failingDirective() throws {
        let line =
            #"{"event":{"type":"track"},"mappings":[{"partnerAction":"sendEvent","mapping":{"eventName":{"@path":{"@path":"$.x"}},"userId":"u","unknown":1}}]}"#
        #expect(
            try text(line).hasSuffix(
                """
                    fields
                      eventName  undefined  ← @path @path $.x  /eventName/@path: @path needs a text, not undefined
                      userId     "u"        ← "u"
                      unknown    1          ← 1  left out: sendEvent has no such field
                    faults
                      /eventName/@path: @path needs a text, not undefined

                """
            )
        )
    }

    @Test("One directive for all fields")
    func wholeMapping() throws {
        let line =
            #"{"event":{"type":"track","d":{"eventName":"E","userId":1}},"mappings":[{"partnerAction":"sendEvent","mapping":{"@path":"$.d"}}]}"#
        #expect(
            try text(line).contains(#"      userId     1    ← @path of the whole mapping  sent as "1""#)
        )
    }

    @Test("A deletion by ID leaves the address out")
    func deletion() throws {
        let line =
            #"{"event":{"type":"delete"},"mappings":[{"partnerAction":"deleteContact","mapping":{"userId":"u","email":"a@b.c"}}]}"#
        #expect(try text(line).contains("      /email  \"a@b.c\"  the userId says who\n"))
    }

    @Test("Colours only where they are asked for, and none that an event brings")
    func colours() throws {
        let event = #"{"type":"track","userId":"\u001b[31m\u009b\u202e","event":"E"}"#
        #expect(try !text(event).unicodeScalars.contains { [0x1B, 0x9B, 0x202E].contains($0.value) })
        #expect(try text(event, style: .coloured).contains("\u{1B}[32m✓\u{1B}[0m"))
    }

    @Test("Lines that ask about a part, or cannot be read, are answered as map does")
    func otherLines() throws {
        let explainer = LineExplainer(destination: .presets)
        for line in [
            "", "5", #"{"event":{},"mapping":{"@path":"$.x"}}"#, #"{"event":{},"fql":"type ="}"#,
            #"{"event":{},"mappings":5}"#, #"{"event":{},"mappings":[{"partnerAction":"x"}]}"#,
        ] {
            #expect(
                explainer.explain(Array(line.utf8)) == .plain(LineMapper(destination: .presets).map(Array(line.utf8)))
            )
        }
        let answer = explainer.explain(Array(#"{"event":{"type":"x"},"fql":"type = \"y\""}"#.utf8))
        guard case .trigger(let trigger, let explanation) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(
            ExplanationText.text(trigger: trigger, explanation, style: .plain)
                == "✗ type = \"y\"\n  ✗ type = \"y\"   the event has \"x\"\n"
        )
    }

    @Test("The explanation ends as the mapping does, for every vector; each field's fate agrees with the end")
    func agreement() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors")
        for file in ["loops.ndjson", "validation.ndjson"] {
            let lines = try Data(contentsOf: folder.appending(path: file)).split(separator: 0x0A)
            for line in lines {
                let explainer = LineExplainer(destination: .presets)
                guard case .explained(let explanation) = explainer.explain(Array(line)) else { continue }
                _ = ExplanationText.text(explanation, style: .coloured)
                let answers = LineMapper(destination: .presets).map(Array(line))["results"]?.arrayValue ?? []
                #expect(answers.count == explanation.mappings.count)
                for (answer, mapping) in zip(answers, explanation.mappings) {
                    switch mapping.end {
                    case .notMatched: #expect(answer["matched"] == false && !mapping.trigger.isMatched)
                    case .request(let request):
                        #expect(answer["request"]?["body"] == .object(request.body))
                        #expect(mapping.fields.allSatisfy { !$0.isFaulty })
                    case .faults(let faults):
                        #expect(answer["error"] != nil)
                        #expect(mapping.fields.filter(\.isFaulty).count <= faults.count)
                    case .off: Issue.record("nothing is off here")
                    }
                }
            }
        }
    }
}

extension FieldExplanation {
    fileprivate var isFaulty: Bool {
        switch fate {
        case .refused, .failed: true
        case .sent, .coerced, .undefined, .empty, .unknown: false
        }
    }
}
