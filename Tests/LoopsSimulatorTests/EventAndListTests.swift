import JSON
import LoopsSimulator
import Testing

/// Events, lists, opt-outs, creation, deletion and finding.
@Suite struct EventAndListTests {
    private func driver(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> SimulationDriver {
        var driver = SimulationDriver(change)
        driver.simulation.state.defineList(MailingList(id: "cm01", name: "News"))
        driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
        return driver
    }

    private func count(_ kind: Violation.Kind, _ driver: SimulationDriver) -> Int64 {
        driver.simulation.state.violationCounts[kind] ?? 0
    }

    @Test func `an unknown event is made, with its first properties`() {
        var driver = driver()
        #expect(
            driver.event(["userId": "u1", "eventName": "Bought", "eventProperties": [" n ": 1, "d": "2026-01-01"]])?
                .status == 200
        )
        let event = driver.simulation.state.teams[0].events["Bought"]
        #expect(event?.properties == ["n": .number, "d": .date])
        #expect(driver.effectNames == ["event"])
        _ = driver.event(["userId": "u1", "eventName": "Bought", "eventProperties": ["n": "12", "extra": true]])
        #expect(count(.undeclaredEventProperty, driver) == 1)
        #expect(count(.eventPropertyType, driver) == 0)
        _ = driver.event(["userId": "u1", "eventName": "Bought", "eventProperties": ["n": "twelve"]])
        #expect(count(.eventPropertyType, driver) == 1)
    }

    @Test(arguments: [nil, "", "  ", 7, "a:b"] as [JSONValue?])
    func `names that are no event names`(name: JSONValue?) {
        var driver = driver()
        var body = JSONObject([("userId", "u1")])
        body["eventName"] = name
        #expect(driver.event(.object(body))?.status == 400)
        #expect(driver.effects.isEmpty)
    }

    @Test func `a colon may pass`() {
        var driver = driver { $0.validation.colonInEventName = .accept }
        #expect(driver.event(["userId": "u1", "eventName": "a:b"])?.status == 200)
    }

    @Test(arguments: [nil, [1], ["a": 1]] as [JSONValue])
    func `event values that are no scalars`(value: JSONValue) {
        let body: JSONValue = ["userId": "u1", "eventName": "E", "eventProperties": ["ok": 1, "bad": value]]
        var strict = driver()
        #expect(strict.event(body)?.status == 400)
        var lenient = driver { $0.validation.badEventValue = .drop }
        #expect(lenient.event(body)?.status == 200)
        #expect(lenient.effects.first?.kind == .event(name: "E", properties: JSONObject([("ok", 1)])))
        #expect(count(.droppedValue, lenient) == 1)
    }

    @Test func `empty arrays pass for empty objects, since official clients send them`() {
        var driver = driver()
        #expect(
            driver.event(["userId": "u1", "eventName": "E", "eventProperties": [], "mailingLists": []])?.status == 200
        )
        #expect(driver.event(["userId": "u1", "eventName": "E", "eventProperties": [1]])?.status == 400)
    }

    @Test func `an event's own keys are contact properties`() {
        var driver = driver()
        #expect(driver.event(["userId": "u1", "eventName": "E", "firstName": "Ann"])?.status == 200)
        #expect(driver.contact("u1")?.firstName == "Ann")
        #expect(driver.effectNames == ["contact_updated", "event"])
        #expect(driver.effects.map(\.contactSequence) == [1, 2])
        #expect(driver.effects.map(\.isPrincipal) == [false, true])
    }

    @Test func `joining and leaving a list`() {
        var driver = driver()
        #expect(driver.update(["userId": "u1", "mailingLists": ["cm01": true]])?.status == 200)
        #expect(driver.contact("u1")?.lists == ["cm01": .inside])
        #expect(driver.update(["userId": "u1", "mailingLists": ["cm01": false]])?.status == 200)
        #expect(driver.contact("u1")?.lists == ["cm01": .outByAPI])
        #expect(driver.update(["userId": "u1", "mailingLists": ["cm01": true]])?.status == 200)
        let changes = driver.effects.filter { $0.kind.name == "list_changed" }
        #expect(changes.count == 3)
    }

    @Test func `an unknown list`() {
        var strict = driver()
        #expect(strict.update(["userId": "u1", "mailingLists": ["nope": true]])?.status == 400)
        var lenient = driver { $0.validation.unknownList = .drop }
        #expect(lenient.update(["userId": "u1", "mailingLists": ["nope": true]])?.status == 200)
        #expect(count(.unknownList, lenient) == 1)
    }

    @Test(arguments: [true, false]) func `nobody is put back who left`(leftEverything: Bool) {
        let body: JSONValue = ["userId": "u1", "firstName": "Ann", "mailingLists": ["cm01": true]]
        var ignoring = driver()
        ignoring.simulation.state.leave(contact: "u1", list: leftEverything ? nil : "cm01")
        #expect(ignoring.update(body)?.status == 200)
        #expect(ignoring.contact("u1")?.lists["cm01"] != .inside)
        #expect(ignoring.contact("u1")?.firstName == "Ann")
        #expect(count(.listAddRefused, ignoring) == 1)
        #expect(ignoring.effectNames.contains("list_add_refused"))

        var strict = driver { $0.validation.refusedListAdd = .reject400 }
        strict.simulation.state.leave(contact: "u1", list: leftEverything ? nil : "cm01")
        #expect(strict.update(body)?.status == 400)
        #expect(strict.contact("u1")?.firstName == nil)
        #expect(strict.effects.isEmpty)
    }

    @Test func `subscribing again is noted unless the test has consent`() {
        var driver = driver()
        driver.simulation.state.leave(contact: "u1", list: nil)
        #expect(driver.update(["userId": "u1", "subscribed": true])?.status == 200)
        #expect(driver.contact("u1")?.subscribed == true)
        #expect(count(.resubscribed, driver) == 1)
        var consenting = self.driver { $0.validation.consentDeclared = true }
        consenting.simulation.state.leave(contact: "u1", list: nil)
        _ = consenting.update(["userId": "u1", "subscribed": true])
        #expect(count(.resubscribed, consenting) == 0)
    }

    @Test func `create refuses whom it knows`() {
        var driver = driver()
        for body in [["email": "a@x.test"], ["email": "b@x.test", "userId": "u1"]] as [JSONValue] {
            let reply = driver.call("POST", "/api/v1/contacts/create", body)
            #expect(reply?.status == 409)
            #expect(reply?.message == "Email or userId is already on list.")
        }
        #expect(driver.call("POST", "/api/v1/contacts/create", ["email": "b@x.test", "userId": "u2"])?.status == 200)
        #expect(driver.call("POST", "/api/v1/contacts/create", ["userId": "u3"])?.status == 400)
    }

    @Test func `delete takes exactly one name`() {
        var driver = driver()
        let path = "/api/v1/contacts/delete"
        #expect(driver.call("POST", path, ["email": "a@x.test", "userId": "u1"])?.status == 400)
        #expect(driver.call("POST", path, [:])?.status == 400)
        #expect(driver.call("POST", path, ["userId": ["u1"]])?.status == 400)
        let missing = driver.call("POST", path, ["userId": "u9"])
        #expect(missing?.status == 404)
        #expect(missing?.message == "Contact not found.")
        #expect(driver.call("POST", path, ["userId": "u1"])?.message == "Contact deleted.")
        #expect(driver.call("POST", path, ["userId": "u1"])?.status == 404)
        #expect(driver.update(["email": "a@x.test", "userId": "u1"])?.status == 200)
    }

    @Test func `find, properties, lists, key`() {
        var driver = driver()
        driver.simulation.state.defineProperty(ContactProperty(key: "plan", label: "Plan", kind: .string))
        _ = driver.update(["userId": "u1", "plan": "pro", "mailingLists": ["cm01": true]])
        let found = driver.call("GET", "/api/v1/contacts/find?email=a%40x.test")?.json
        #expect(found == driver.call("GET", "/api/v1/contacts/find?userId=u1")?.json)
        #expect(
            found?.arrayValue?.first?.objectValue?.keys.sorted()
                == [
                    "email", "firstName", "id", "lastName", "mailingLists", "optInStatus", "plan", "source",
                    "subscribed", "userGroup", "userId",
                ]
        )
        #expect(found?.arrayValue?.first?["mailingLists"] == ["cm01": true])
        #expect(driver.call("GET", "/api/v1/contacts/find?userId=u9")?.json == [])
        #expect(driver.call("GET", "/api/v1/contacts/find?userId=u1&email=a%40x.test")?.status == 400)
        #expect(driver.call("GET", "/api/v1/contacts/find")?.status == 400)
        #expect(
            driver.call("GET", "/api/v1/contacts/properties?list=custom")?.json
                == [["key": "plan", "label": "Plan", "type": "string"]]
        )
        #expect(driver.call("GET", "/api/v1/contacts/properties")?.json?.arrayValue?.count == 8)
        #expect(
            driver.call("GET", "/api/v1/lists")?.json
                == [["id": "cm01", "name": "News", "description": nil, "isPublic": true]]
        )
        #expect(driver.call("GET", "/v1/api-key")?.json == ["success": true, "teamName": "Simulated team"])
    }

    @Test func `transactional mails`() {
        var driver = driver()
        driver.simulation.state.defineTransactional(id: "t1", variables: ["url"])
        let path = "/api/v1/transactional"
        #expect(driver.call("POST", path, ["email": "n@x.test", "transactionalId": "nope"])?.status == 404)
        let missing = driver.call("POST", path, ["email": "n@x.test", "transactionalId": "t1"])
        #expect(missing?.message == "Missing required data variable(s): url")
        #expect(missing?.json?["error"]?["path"] == "dataVariables")
        #expect(missing?.json?["transactionalId"] == "t1")
        let mail: JSONValue = [
            "email": "n@x.test", "transactionalId": "t1", "dataVariables": ["url": "https://x.test"],
        ]
        #expect(driver.call("POST", path, mail, key: "k")?.status == 200)
        #expect(driver.call("POST", path, mail, key: "k")?.status == 409)
        #expect(driver.contact("n@x.test") == nil)
        #expect(driver.effectNames == ["transactional"])
    }

    @Test func `a mail to a suppressed address is taken, and recorded as such`() {
        var driver = driver()
        driver.simulation.state.defineTransactional(id: "t1", variables: [])
        driver.simulation.state.suppress("Bounced@x.test", configuration: ValidationConfiguration())
        for email in ["bounced@x.test", "fine@x.test"] {
            let mail: JSONValue = ["email": .string(email), "transactionalId": "t1"]
            #expect(driver.call("POST", "/v1/transactional", mail, key: email)?.status == 200)
        }
        let mails = driver.simulation.state.effects.elements(after: 0).compactMap { effect -> TransactionalMail? in
            if case .transactional(let mail) = effect.kind { mail } else { nil }
        }
        #expect(mails.map(\.isSuppressed) == [true, false])
        #expect(mails.map(\.email) == ["bounced@x.test", "fine@x.test"])
    }

    @Test func `attachments and data variables`() {
        func answer(_ more: JSONObject, isEnabled: Bool = true) -> (status: Int?, message: String?) {
            var driver = driver { $0.validation.attachmentsEnabled = isEnabled }
            driver.simulation.state.defineTransactional(id: "t1", variables: [])
            var mail: JSONObject = ["email": "a@x.test", "transactionalId": "t1"]
            for (name, value) in more { mail[name] = value }
            let reply = driver.call("POST", "/v1/transactional", .object(mail), key: "k")
            return (reply?.status, reply?.message)
        }
        let file: JSONObject = ["filename": "a.txt", "contentType": "text/plain", "data": "aGk="]
        #expect(answer(["attachments": [.object(file)]]).status == 200)
        let off = answer(["attachments": [.object(file)]], isEnabled: false)
        #expect(off.status == 400 && off.message == "[sim] attachments are not enabled for this team")
        var broken = file
        broken["data"] = "hi!"
        #expect(answer(["attachments": [.object(broken)]]).message == "[sim] attachments.0.data is not base64")
        broken["data"] = nil
        #expect(answer(["attachments": [.object(broken)]]).status == 400)
        #expect(answer(["dataVariables": ["n": 1, "t": "x", "list": [["a": "b"]]]]).status == 200)
        for value: JSONValue in [true, nil, ["a": 1]] { #expect(answer(["dataVariables": ["v": value]]).status == 400) }
        #expect(answer(["addToAudience": "yes"]).status == 400)
    }

    @Test func `a property is made once, and only by a name that it may have`() {
        var driver = driver()
        func make(_ body: JSONValue) -> Int? { driver.call("POST", "/v1/contacts/properties", body)?.status }
        #expect(make(["name": "seats", "type": "number"]) == 200)
        #expect(make(["name": "seats", "type": "number"]) == 400)
        #expect(make(["name": "Seats", "type": "number"]) == 400)
        #expect(make(["name": "two words", "type": "number"]) == 400)
        #expect(make(["name": "teamId", "type": "string"]) == 400)
        #expect(make(["name": "firstName", "type": "string"]) == 400)
        #expect(make(["name": "list", "type": "array"]) == 400)
        #expect(driver.call("GET", "/v1/contacts/properties?list=custom")?.json?.arrayValue?.count == 1)
        #expect(driver.call("PUT", "/v1/contacts/properties")?.status == 405)
    }

    @Test func `a blocklisted address`() {
        var driver = driver()
        driver.simulation.state.block("*@spam.test")
        #expect(driver.update(["email": "x@SPAM.test"])?.status == 400)
        var accepting = self.driver { $0.validation.blocklistedEmail = .accept }
        accepting.simulation.state.block("*@spam.test")
        #expect(accepting.update(["email": "x@spam.test"])?.status == 200)
    }

    @Test func `two teams are apart, two keys of one team are not`() {
        var driver = SimulationDriver {
            $0.teams = [
                TeamSeed(name: "One", keys: ["a": "one-a", "b": "one-b"]), TeamSeed(name: "Two", keys: ["a": "two"]),
            ]
        }
        let update: JSONValue = ["email": "a@x.test", "userId": "u1"]
        for bearer in ["one-a", "two"] {
            #expect(driver.call("PUT", "/v1/contacts/update", update, bearer: bearer)?.status == 200)
        }
        let event: JSONValue = ["userId": "u1", "eventName": "E"]
        #expect(driver.call("POST", "/v1/events/send", event, key: "k", bearer: "one-a")?.status == 200)
        #expect(driver.call("POST", "/v1/events/send", event, key: "k", bearer: "one-b")?.status == 409)
        #expect(driver.call("POST", "/v1/events/send", event, key: "k", bearer: "two")?.status == 200)
    }
}
