import JSON
import LoopsSimulator
import Testing

/// Checks of bodies, with every known text of Loops, and the mark on all others.
@Suite struct ValidationTests {
    private func driver(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> SimulationDriver {
        var driver = SimulationDriver(change)
        for (name, kind) in [
            ("plan", ContactProperty.Kind.string), ("seats", .number), ("trial", .boolean), ("born", .date),
        ] {
            driver.simulation.state.defineProperty(ContactProperty(key: name, kind: kind))
        }
        driver.simulation.state.defineList(MailingList(id: "cm01", name: "News"))
        return driver
    }

    private func count(_ kind: Violation.Kind, _ driver: SimulationDriver) -> Int64 {
        driver.simulation.state.violationCounts[kind] ?? 0
    }

    @Test(arguments: [
        "", "ann", "ann@", "@x.test", "ann@x", "a b@x.test", " ann@x.test", "ann@x..test", "a@b@x.test", "ann@-x.test",
    ])
    func `an invalid address`(email: String) {
        var driver = driver()
        for reply in [
            driver.update(["email": .string(email)]),
            driver.call("POST", "/api/v1/contacts/create", ["email": .string(email)]),
            driver.event(["email": .string(email), "eventName": "E"]),
            driver.call("POST", "/api/v1/contacts/delete", ["email": .string(email)]),
        ] {
            #expect(reply?.status == 400)
            #expect(reply?.json == ["success": false, "message": "Invalid email address."])
        }
    }

    @Test(arguments: ["ann@x.test", "a.b+c@sub.x.test", "ünï@x.test", "o'neil@x.test"])
    func `a valid address`(email: String) {
        var driver = driver()
        #expect(driver.update(["email": .string(email)])?.status == 200)
    }

    @Test func `wrong key`() {
        var driver = driver()
        for bearer in [nil, "", "wrong"] {
            let reply = driver.call("GET", "/api/v1/api-key", bearer: bearer)
            #expect(reply?.status == 401)
            #expect(reply?.json == ["success": false, "message": "Invalid API key", "error": "Invalid API key"])
        }
        driver.simulation.state.revokeKey("default")
        #expect(driver.call("GET", "/api/v1/api-key")?.status == 401)
        driver.simulation.state.restoreKey("default")
        #expect(driver.call("GET", "/api/v1/api-key")?.status == 200)
    }

    @Test func `unknown path and wrong verb`() {
        var driver = driver()
        #expect(driver.call("POST", "/api/v1/contacts/batch", [:])?.status == 404)
        #expect(driver.call("GET", "/")?.status == 404)
        #expect(driver.call("POST", "/api/v1/contacts/update", ["email": "a@x.test"])?.status == 405)
        #expect(driver.call("GET", "/api/v1/events/send")?.message?.hasPrefix("[sim]") == true)
    }

    @Test(arguments: ["", "{", "[]", "1", "\"a\"", "{\"email\":\"a@x.test\"} x"])
    func `a body that is not an object`(raw: String) {
        var driver = driver()
        let head = RequestHead(
            method: "PUT",
            target: "/api/v1/contacts/update",
            headers: [("authorization", "Bearer \(TeamSeed.defaultKey)")]
        )
        let (sequence, _) = driver.simulation.arrive(head, monotonic: 0)
        let outcome = driver.simulation.receive(sequence, body: Array(raw.utf8), monotonic: 0)
        guard case .respond(let reply, _) = outcome.step else {
            Issue.record("no answer")
            return
        }
        #expect(reply.status == 400)
        #expect(reply.message == "[sim] the body is not a JSON object")
    }

    @Test func `the rule of 500 characters`() {
        var driver = driver()
        let fits = String(repeating: "x", count: 498)
        #expect(driver.update(["email": "a@x.test", "plan": .string(fits)])?.status == 200)
        let text = "Some body key or value is longer than allowable"
        #expect(driver.update(["email": "a@x.test", "plan": .string(fits + "x")])?.message == text)
        #expect(driver.update(["email": "a@x.test", (fits + "x"): 1])?.message == text)
        let quotes = String(repeating: "\"", count: 250)
        #expect(driver.update(["email": "a@x.test", "plan": .string(quotes)])?.message == text)
        let deep: JSONValue = ["email": "a@x.test", "eventName": "E", "eventProperties": ["p": .string(fits + "x")]]
        #expect(driver.event(deep)?.message == text)
        let emoji = String(repeating: "😀", count: 250)
        #expect(driver.update(["email": "a@x.test", "plan": .string(emoji)])?.message == text)
        driver.simulation.apply(SimulatorConfiguration.with { $0.validation.lengthUnit = .scalars })
        #expect(driver.update(["email": "a@x.test", "plan": .string(emoji)])?.status == 200)
        driver.simulation.apply(SimulatorConfiguration.with { $0.validation.lengthUnit = .utf8 })
        #expect(
            driver.update(["email": "a@x.test", "plan": .string(String(repeating: "ü", count: 250))])?.message == text
        )
    }

    @Test func `unknown properties are dropped and noted`() {
        var driver = driver()
        #expect(driver.update(["email": "a@x.test", "nope": 1, "plan": "pro"])?.status == 200)
        #expect(driver.contact("a@x.test")?.properties == JSONObject([("plan", "pro")]))
        #expect(count(.unknownProperty, driver) == 1)
        #expect(driver.simulation.state.violations.elements().first?.subject == "nope")
    }

    @Test(arguments: ["id", "listId", "softDeleteAt", "teamId", "updatedAt"])
    func `reserved names`(name: String) {
        var driver = driver()
        #expect(driver.update(["email": "a@x.test", name: "x"])?.status == 200)
        #expect(count(.reservedProperty, driver) == 1)
        let isDefined = driver.simulation.state.defineProperty(ContactProperty(key: name, kind: .string))
        #expect(!isDefined)
        var strict = self.driver { $0.validation.reservedProperty = .reject400 }
        #expect(strict.update(["email": "a@x.test", name: "x"])?.status == 400)
    }

    @Test func `null empties a property`() {
        var driver = driver()
        _ = driver.update(["email": "a@x.test", "plan": "pro", "firstName": "A", "userGroup": "g"])
        #expect(driver.update(["email": "a@x.test", "plan": nil, "firstName": nil, "userGroup": nil])?.status == 200)
        let contact = driver.contact("a@x.test")
        #expect(contact?.properties.isEmpty == true)
        #expect(contact?.firstName == nil)
        #expect(contact?.userGroup == "")
    }

    @Test func `arrays, objects and wrong types in a contact`() {
        let bad: [JSONValue] = [
            ["email": "a@x.test", "plan": [1]], ["email": "a@x.test", "plan": ["a": 1]],
            ["email": "a@x.test", "firstName": 1], ["email": "a@x.test", "subscribed": "yes"],
            ["email": "a@x.test", "userId": 7], ["email": "a@x.test", "mailingLists": "cm01"],
            ["email": "a@x.test", "mailingLists": ["cm01": "true"]],
        ]
        for body in bad {
            var strict = driver()
            #expect(strict.update(body)?.status == 400, "\(body.jsonText)")
            #expect(strict.update(body)?.message?.hasPrefix("[sim]") == true)
            #expect(strict.effects.isEmpty)
            var lenient = driver { $0.validation.badType = .drop }
            #expect(lenient.update(body)?.status == 200, "\(body.jsonText)")
            #expect(count(.droppedValue, lenient) == 1)
        }
    }

    @Test func `a value of another type than its property`() {
        for (key, value) in [("plan", 1), ("seats", "many"), ("trial", "yes"), ("born", "yesterday")]
            as [(String, JSONValue)]
        {
            let body: JSONValue = .object(JSONObject([("email", "a@x.test"), (key, value)]))
            var dropping = driver()
            #expect(dropping.update(body)?.status == 200)
            #expect(dropping.contact("a@x.test")?.properties.isEmpty == true)
            #expect(count(.propertyType, dropping) == 1)
            var strict = driver { $0.validation.propertyTypeMismatch = .reject400 }
            #expect(strict.update(body)?.status == 400)
            var storing = driver { $0.validation.propertyTypeMismatch = .store }
            _ = storing.update(body)
            #expect(storing.contact("a@x.test")?.properties[key] == value)
        }
    }

    @Test(arguments: [
        "2026-11-23", "2026-11-23T10:00", "2026-11-23 10:00:05", "2026-11-23T10:00:05.123Z",
        "2026-11-23T10:00:05+02:00",
        "1790000000000",
    ])
    func `dates as text`(text: String) {
        var driver = driver()
        _ = driver.update(["email": "a@x.test", "born": .string(text)])
        #expect(driver.contact("a@x.test")?.properties["born"] == .string(text))
    }

    @Test(arguments: ["2026-13-01", "2026-11-23T", "23.11.2026", "2026-11-23T10", "2026-11-23T10:00:05.Z", "", "now"])
    func `what is not a date`(text: String) {
        var driver = driver()
        _ = driver.update(["email": "a@x.test", "born": .string(text)])
        #expect(driver.contact("a@x.test")?.properties["born"] == nil)
    }

    @Test func `ten digits for a date look like seconds`() {
        var driver = driver()
        _ = driver.update(["email": "a@x.test", "born": 1_704_711_066])
        #expect(count(.dateInSeconds, driver) == 1)
        _ = driver.update(["email": "a@x.test", "born": 1_704_711_066_000])
        #expect(count(.dateInSeconds, driver) == 1)
    }
}

extension SimulatorConfiguration {
    /// A configuration without a rate limit, changed.
    static func with(_ change: (inout SimulatorConfiguration) -> Void) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 0
        change(&configuration)
        return configuration
    }
}
