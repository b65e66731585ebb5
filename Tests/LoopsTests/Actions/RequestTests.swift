import JSON
import Loops
import Testing

@Suite struct RequestTests {
    @Test func aContactTakesItsAttributesFirst() throws {
        let request = try LoopsAction.createOrUpdateContact.request(from: [
            "userId": 42, "email": "a@b.co", "unknown": 1, "firstName": "", "lastName": nil,
            "customAttributes": [
                "email": "old@b.co", "plan": nil, "nested": ["": nil], "userId": "x", "mailingLists": ["a": true],
            ],
        ])
        #expect(request.method == "PUT")
        #expect(request.path == "contacts/update")
        #expect(
            request.body == [
                "email": "a@b.co", "plan": nil, "nested": ["": nil], "userId": "42", "mailingLists": ["a": true],
            ]
        )
    }

    @Test(
        arguments: [
            (["a": true, "b": "false", "c": 1, "d": "TRUE", "e": nil], nil, ["a": true, "b": false]),
            (nil, ["a": "true"], ["a": true]), ([:], ["a": true], ["a": true]), (["b": 5], ["a": true], [:]),
            (nil, [true, "false", 1], ["0": true, "1": false]), (nil, "true", [:]), (nil, true, [:]), (nil, nil, [:]),
            (["b": true], ["a": true], ["b": true]),
        ] as [(JSONValue?, JSONValue?, JSONValue)]
    )
    func mailingLists(field: JSONValue?, attribute: JSONValue?, expected: JSONValue) throws {
        var fields: JSONObject = ["userId": "u", "customAttributes": ["x": 1]]
        if let field { fields["mailingLists"] = field }
        if let attribute { fields["customAttributes"] = ["x": 1, "mailingLists": attribute] }
        let body = try LoopsAction.createOrUpdateContact.request(from: fields).body
        #expect(body == ["x": 1, "userId": "u", "mailingLists": expected])
    }

    @Test func anEventsContactPropertiesOverwriteTheOthers() throws {
        let request = try LoopsAction.sendEvent.request(from: [
            "userId": "u", "eventName": "E", "eventProperties": ["a": 1],
            "contactProperties": ["userId": "other", "plan": "pro", "eventName": 5],
        ])
        #expect(request.method == "POST")
        #expect(request.path == "events/send")
        #expect(request.body == ["eventName": 5, "userId": "other", "eventProperties": ["a": 1], "plan": "pro"])
    }

    @Test(
        arguments: [
            (["userId": "u", "email": "a@b.co"], ["userId": "u"]), (["email": "a@b.co"], ["email": "a@b.co"]),
            (["userId": ["u"]], ["userId": "u"]),
            (["userId": 7], ["userId": "7"]),
        ] as [(JSONObject, JSONObject)]
    )
    func aDeletionSendsOne(fields: JSONObject, body: JSONObject) throws {
        let request = try LoopsAction.deleteContact.request(from: fields)
        #expect(request.method == "POST")
        #expect(request.path == "contacts/delete")
        #expect(request.body == body)
    }

    @Test func aDeletionNeedsOne() throws {
        let faults = try #require(throws: FieldErrors.self) {
            try LoopsAction.deleteContact.request(from: ["userId": ""])
        }.faults
        #expect(faults == [FieldError(path: "", keyword: .required, params: ["missingProperty": "userId"])])
        #expect(throws: FieldErrors.self) { try LoopsAction.deleteContact.request(from: ["email": "x"]) }
    }

    @Test func allFaultsComeTogether() throws {
        let error = try #require(throws: FieldErrors.self) {
            try LoopsAction.sendEvent.request(from: ["email": "x", "eventProperties": [], "contactProperties": 1])
        }
        #expect(
            Set(
                error.faults.map { "\($0.path) \($0.keyword.rawValue) \($0.params["missingProperty"]?.jsonText ?? "")" }
            ) == [
                "/email format ", "/eventProperties type ", "/contactProperties type ", " required \"userId\"",
                " required \"eventName\"",
            ]
        )
        #expect(error.description.contains("userId is missing"))
        #expect(error.description.contains("/email does not look like \"email\""))
    }

    /// The spread of nothing is nothing: a request needs only what its action requires.
    @Test func theLeastThatIsTaken() throws {
        #expect(
            try LoopsAction.createOrUpdateContact.request(from: ["userId": "u"]).body == [
                "userId": "u", "mailingLists": [:],
            ]
        )
        #expect(
            try LoopsAction.sendEvent.request(from: ["userId": "u", "eventName": "E"]).body == [
                "eventName": "E", "userId": "u",
            ]
        )
    }

    @Test func defaultsNameKnownFields() {
        for action in LoopsAction.allCases {
            #expect(Set(action.traits.defaultMapping.keys).isSubset(of: action.traits.fields.map(\.name)))
        }
    }
}
