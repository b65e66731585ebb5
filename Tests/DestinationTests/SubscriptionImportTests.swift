import JSON
import Loops
import Testing

@testable import Destination

@Suite("Subscriptions of Segment become a mappings file")
struct SubscriptionImportTests {
    private static let identify = #"""
        {"userId":{"@path":"$.userId"},"email":{"@if":{"exists":{"@path":"$.traits.email"},"then":{"@path":"$.traits.email"},"else":{"@path":"$.email"}}},"userGroup":"paying: yes","customAttributes":{"@path":"$.traits"}}
        """#
    private static let track = #"""
        {"userId":{"@path":"$.userId"},"eventName":{"@template":"App {{event}}"},"eventProperties":{"@path":"$.properties"}}
        """#

    /// A text that holds JSON.
    private static func quoted(_ json: String) -> String { JSONValue.string(json).jsonText }

    /// The same two subscriptions, in each form.
    private static let forms: [(name: String, json: String)] = [
        (
            "the Public API",
            #"""
            {"data":{"subscriptions":[
              {"id":"s1","name":"Contacts","actionId":"a1","actionSlug":"createOrUpdateContact","destinationId":"d1","enabled":true,
               "trigger":"type = \"identify\"","settings":\#(identify)},
              {"id":"s2","name":"Events","actionId":"a2","actionSlug":"sendEvent","destinationId":"d1","enabled":true,
               "trigger":"type = \"track\" and event != \"Secret\"","settings":\#(track)}],
             "pagination":{"current":"MA==","totalEntries":2}}}
            """#
        ),
        (
            "Terraform's state",
            #"""
            {"version":4,"terraform_version":"1.9.0","resources":[
              {"mode":"managed","type":"segment_destination","name":"loops","instances":[{"attributes":{"id":"d1"}}]},
              {"mode":"managed","type":"segment_destination_subscription","name":"contacts","instances":[{"attributes":
                {"action_id":"a1","destination_id":"d1","enabled":true,"model_id":null,"name":"Contacts",
                 "settings":\#(quoted(identify)),"trigger":"type = \"identify\""}}]},
              {"mode":"managed","type":"segment_destination_subscription","name":"events","instances":[{"index_key":"x","attributes":
                {"action_id":"a2","destination_id":"d1","enabled":true,"model_id":null,"name":"Events",
                 "settings":\#(quoted(track)),"trigger":"type = \"track\" and event != \"Secret\""}}]}]}
            """#
        ),
        (
            "terraform show -json",
            #"""
            {"format_version":"1.0","values":{"root_module":{"resources":[
              {"address":"segment_destination_subscription.contacts","type":"segment_destination_subscription","values":
                {"action_id":"a1","destination_id":"d1","enabled":true,"name":"Contacts",
                 "settings":\#(quoted(identify)),"trigger":"type = \"identify\""}}],
              "child_modules":[{"resources":[
              {"address":"module.m.segment_destination_subscription.events","type":"segment_destination_subscription","values":
                {"action_id":"a2","destination_id":"d1","enabled":true,"name":"Events",
                 "settings":\#(quoted(track)),"trigger":"type = \"track\" and event != \"Secret\""}}]}]}}}
            """#
        ),
        (
            "a .tf.json file",
            #"""
            {"resource":{"segment_destination_subscription":{
              "contacts":{"action_id":"a1","destination_id":"d1","enabled":true,"name":"Contacts",
                 "settings":\#(quoted(identify)),"trigger":"type = \"identify\""},
              "events":[{"action_id":"a2","destination_id":"d1","enabled":true,"name":"Events",
                 "settings":\#(quoted(track)),"trigger":"type = \"track\" and event != \"Secret\""}]}}}
            """#
        ),
        (
            "the workspace's export",
            #"""
            [{"name":"Contacts","partnerAction":"createOrUpdateContact","subscribe":"type = \"identify\"","enabled":true,
              "mapping":\#(identify)},
             {"name":"Events","partnerAction":"sendEvent","subscribe":"type = \"track\" and event != \"Secret\"","enabled":true,
              "mapping":\#(track)}]
            """#
        ),
    ]

    private static func imported(_ json: String, destination: String? = nil) throws -> SubscriptionImport {
        try SubscriptionImport(file: "subscriptions.json", bytes: Array(json.utf8), destination: destination)
    }

    private static func loaded(_ result: SubscriptionImport) throws -> Destination {
        try Destination(file: "mappings.yaml", bytes: Array(result.text.utf8))
    }

    private static func bodies(_ destination: Destination, _ event: JSONValue) -> [JSONObject?] {
        destination.results(for: event).map { result in
            if case .request(let request) = result.outcome { request.body } else { nil }
        }
    }

    @Test("Each form gives the mappings that it holds, and they map", arguments: 0..<5)
    func form(_ index: Int) throws {
        let result = try Self.imported(Self.forms[index].json)
        #expect(result.imported == 2 && result.refused == 0 && result.others == 0, "\(result.notes)")
        let destination = try Self.loaded(result)
        #expect(destination.warnings.isEmpty)
        #expect(destination.mappings.map(\.name) == ["Contacts", "Events"])
        #expect(destination.mappings.map(\.action) == [.createOrUpdateContact, .sendEvent])
        #expect(destination.mappings[0].fields == (try JSONParser.parse(Self.identify)))
        #expect(destination.mappings[1].fields == (try JSONParser.parse(Self.track)))
        #expect(destination.mappings.map(\.isEnabled) == [true, true])
        let contact: JSONValue = [
            "type": "identify", "userId": "u1", "traits": ["email": "ann@example.com", "plan": "pro"],
        ]
        #expect(
            Self.bodies(destination, contact) == [
                [
                    "email": "ann@example.com", "plan": "pro", "userGroup": "paying: yes", "userId": "u1",
                    "mailingLists": [:],
                ], nil,
            ]
        )
        let event: JSONValue = ["type": "track", "userId": "u1", "event": "Paid", "properties": ["total": 5]]
        #expect(
            Self.bodies(destination, event) == [
                nil, ["userId": "u1", "eventName": "App Paid", "eventProperties": ["total": 5]],
            ]
        )
        #expect(Self.bodies(destination, ["type": "track", "userId": "u1", "event": "Secret"]) == [nil, nil])
        for command in SubscriptionImport.commands { #expect(result.text.contains("#   \(command)\n")) }
    }

    private static func api(_ subscriptions: String...) -> String {
        #"{"data":{"subscriptions":[\#(subscriptions.joined(separator: ","))]}}"#
    }

    private static func subscription(_ members: String) -> String {
        #"{"name":"S","actionSlug":"sendEvent","destinationId":"d1","enabled":true,"trigger":"type = \"track\"",\#(members)}"#
    }

    @Test(
        "What cannot be used becomes a comment that says why",
        arguments: [
            (#""settings":{"userId":"u"}"#, "needs 'eventName', which sendEvent requires"),
            (#""settings":\#(Self.track),"trigger":"type =""#, "trigger: "),
            (#""settings":\#(Self.track),"trigger":"""#, "it has no trigger, so Segment sends nothing for it"),
            (#""settings":\#(Self.track),"modelId":"m1""#, "reverse ETL (model m1)"),
            (#""settings":{"userId":"u","eventName":{"@nonsense":1}}"#, "@nonsense"),
            (#""settings":"${jsonencode(local.x)}""#, "terraform show -json"),
            (#""settings":\#(Self.track),"enabled":"${var.on}""#, "its 'enabled' is an expression"),
            (#""settings":"{""#, "its settings are a text that is not JSON"),
            (#""settings":[1]"#, "its settings are no object"),
        ]
    )
    func refused(_ members: String, _ words: String) throws {
        let good = Self.subscription(#""settings":\#(Self.track)"#)
        let result = try Self.imported(Self.api(Self.subscription(members), good))
        #expect(result.imported == 1 && result.refused == 1, "\(result.notes)")
        #expect(try Self.loaded(result).mappings.map(\.name) == ["S 2"])
        #expect(result.notes.contains { $0.contains(words) }, "\(result.notes)")
        #expect(result.text.contains("  # - name: S\n"))
    }

    @Test("What Segment does and our file would not is told, and the mapping stays the same")
    func differences() throws {
        let batched = Self.track.dropLast(1) + #","enable_batching":true,"batch_size":100}"#
        let result = try Self.imported(
            Self.api(
                Self.subscription(#""settings":\#(batched)"#),
                Self.subscription(#""settings":\#(Self.track)"#).replacing("\"enabled\":true", "\"enabled\":false"),
                Self.subscription(#""settings":null"#)
            )
        )
        #expect(result.imported == 3 && result.refused == 0, "\(result.notes)")
        let mappings = try Self.loaded(result).mappings
        #expect(mappings.map(\.name) == ["S", "S 2", "S 3"])
        #expect(mappings.map(\.isEnabled) == [true, false, true])
        #expect(mappings[0].fields == (try JSONParser.parse(Self.track)))
        #expect(mappings[2].fields == .object(LoopsAction.sendEvent.traits.defaultMapping))
        #expect(result.notes.contains { $0.contains("'enable_batching' is not a field of sendEvent: left out") })
        #expect(result.notes.contains { $0.contains("the action's own are taken") })
    }

    @Test("Subscriptions of other destinations are left out, by action, by fields, and by the destination asked for")
    func others() throws {
        let foreign =
            #"{"name":"Hook","actionSlug":"send","destinationId":"d2","enabled":true,"trigger":"type = \"track\"","settings":{}}"#
        let unknown =
            #"{"name":"CRM","actionId":"x","destinationId":"d3","enabled":true,"trigger":"type = \"track\"","settings":{"external_id":1}}"#
        let ours = Self.subscription(#""settings":\#(Self.track)"#)
        let second = ours.replacing("\"d1\"", "\"d4\"")
        let result = try Self.imported(Self.api(foreign, unknown, ours, second))
        #expect(result.imported == 2 && result.others == 2)
        #expect(result.notes.contains { $0.contains("of 2 destinations (d1, d4)") })
        let one = try Self.imported(Self.api(foreign, unknown, ours, second), destination: "d4")
        #expect(one.imported == 1 && one.others == 3 && one.notes.isEmpty)
        let none = try Self.imported(Self.api(foreign))
        #expect(none.imported == 0 && none.refused == 0 && none.others == 1)
    }

    @Test("Further pages, and Terraform's filters, are told")
    func fileNotes() throws {
        let ours = Self.subscription(#""settings":\#(Self.track)"#)
        let page = #"{"data":{"subscriptions":[\#(ours)],"pagination":{"next":"MQ=="}}}"#
        #expect(try Self.imported(page).notes.contains { $0.contains("pagination.next") })
        let filter =
            #"{"resource":{"segment_destination_filter":{"f":{"if":"all"}},"segment_destination_subscription":{"s":\#(ours)}}}"#
        #expect(try Self.imported(filter).notes.contains { $0.hasPrefix("segment_destination_filter.f changes") })
    }

    @Test("The 51st mapping becomes a comment")
    func limit() throws {
        let ours = Self.subscription(#""settings":\#(Self.track)"#)
        let many = "{\"data\":{\"subscriptions\":[\(Array(repeating: ours, count: 51).joined(separator: ","))]}}"
        let result = try Self.imported(many)
        #expect(result.imported == 50 && result.refused == 1)
        #expect(try Self.loaded(result).mappings.count == 50)
    }

    @Test(
        "Files of another kind are refused with what to do",
        arguments: [
            ("{}", "is none of: the answer of the Public API"),
            ("[]", "there are no subscriptions in the workspace's export"),
            ("{\"data\":{\"subscriptions\":[]}}", "there are no subscriptions in Segment's Public API"),
            ("resource \"segment_destination_subscription\" \"x\" {}", "'terraform show -json'"), ("{", "not JSON"),
            ("1", "is none of"),
        ]
    )
    func unreadable(_ text: String, _ words: String) throws {
        let faults = try #require(throws: MappingsFileFaults.self) { try Self.imported(text) }
        #expect(
            faults.description.hasPrefix("subscriptions.json:1: ") && faults.description.contains(words),
            "\(faults)"
        )
    }
}

extension String {
    fileprivate func replacing(_ part: String, _ other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
