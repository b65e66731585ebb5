import JSON
import LoopsSimulator
import Testing

/// What the simulator itself once got wrong.
@Suite struct FaithfulnessTests {
    @Test func `names are compared by their bytes`() {
        var driver = SimulationDriver.unlimited()
        let (one, other) = ("\u{e9}", "e\u{301}")
        #expect(driver.update(["userId": .string(one), "email": "a@x.test"])?.status == 200)
        #expect(driver.update(["userId": .string(other)])?.status == 400)
        #expect(driver.update(["userId": .string(other), "email": "b@x.test"])?.status == 200)
        #expect(driver.contact(one)?.id != driver.contact(other)?.id)
        #expect(driver.event(["userId": .string(one), "eventName": "E"], key: one)?.status == 200)
        #expect(driver.event(["userId": .string(one), "eventName": "E"], key: other)?.status == 200)
        // One form for the other is a change.
        #expect(driver.update(["userId": .string(one), "firstName": .string(one)])?.status == 200)
        #expect(driver.update(["userId": .string(one), "firstName": .string(other)])?.status == 200)
        guard case .contactUpdated(let changes)? = driver.effects.last?.kind else {
            Issue.record("no update")
            return
        }
        #expect(changes.count == 1)
    }

    @Test func `a date is one that the calendar has`() {
        var driver = SimulationDriver { $0.validation.propertyTypeMismatch = .reject400 }
        driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
        _ = driver.simulation.state.defineProperty(ContactProperty(key: "when", kind: .date))
        func status(_ value: JSONValue) -> Int? { driver.update(["userId": "u1", "when": value])?.status }
        let good: [JSONValue] = [
            "2024-02-29", "2024-02-28T24:00", "2024-02-28T24:00:00.000Z", "2024-02-28 23:59:59.999+23:59", "2000-02-29",
            0, -1, 8_640_000_000_000_000, "1704711066000", "-5",
        ]
        for value in good { #expect(status(value) == 200, "\(value)") }
        let bad: [JSONValue] = [
            "2023-02-29", "2024-04-31", "1900-02-29", "2024-02-28T24:01", "2024-02-28T24:00:00.001", "2024-13-01",
            "2024-01-01T10:00:00.1", "2024-01-01T10:00+0100", "2024-1-1", 8_640_000_000_000_001, "9640000000000000", "",
            "-", 1.5,
        ]
        for value in bad { #expect(status(value) == 400, "\(value)") }
    }

    @Test func `an unknown transactional mail is answered in its own shape`() {
        var driver = SimulationDriver.unlimited()
        let reply = driver.call("POST", "/v1/transactional", ["email": "a@x.test", "transactionalId": "none"])
        #expect(reply?.status == 404 && reply?.json?["error"]?["path"] == "transactionalId")
    }

    @Test func `a limiter that is off still counts the request that it answers`() {
        var driver = SimulationDriver.unlimited()
        let reply = driver.call("GET", "/v1/lists")
        #expect(reply?.header("x-ratelimit-limit") == "1000000" && reply?.header("x-ratelimit-remaining") == "999999")
    }

    @Test func `an event may make a contact without an address, by setting, and more than one`() {
        var driver = SimulationDriver { $0.validation.unknownUserID = .createOnEvent }
        for user: JSONValue in ["u1", "u2"] {
            #expect(driver.event(["userId": user, "eventName": "E"])?.status == 200)
            #expect(driver.update(["userId": user, "firstName": "A"])?.status == 200)
        }
        #expect(driver.contact("u1")?.id != driver.contact("u2")?.id)
        #expect(driver.update(["userId": "u3"])?.status == 400)
        var strict = SimulationDriver { $0.validation.unknownUserID = .notFound404 }
        #expect(strict.event(["userId": "u1", "eventName": "E"])?.status == 404)
    }

    @Test func `the further readings of a length, of blanks and of the plan`() {
        let text = JSONValue.string(String(repeating: "\"", count: 300))
        func status(_ change: (inout SimulatorConfiguration) -> Void, _ body: JSONObject) -> Int? {
            var driver = SimulationDriver(change)
            driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
            var whole: JSONObject = ["userId": "u1"]
            for (key, value) in body { whole[key] = value }
            return driver.update(.object(whole))?.status
        }
        #expect(status({ _ in }, ["firstName": text]) == 400)
        #expect(status({ $0.validation.lengthMeasure = .eachPlain }, ["firstName": text]) == 200)
        #expect(status({ $0.validation.lengthStatus = 413 }, ["firstName": text]) == 413)
        let lists = JSONValue.object(JSONObject((0..<60).map { ("list-\($0)", .bool(true)) }))
        let ignoring: (inout SimulatorConfiguration) -> Void = { $0.validation.unknownList = .drop }
        #expect(status(ignoring, ["mailingLists": lists]) == 200)
        #expect(
            status(
                {
                    ignoring(&$0)
                    $0.validation.lengthMeasure = .member
                },
                ["mailingLists": lists]
            ) == 400
        )
        #expect(status({ _ in }, ["email": " a@x.test "]) == 400)
        #expect(status({ $0.validation.trimsEmail = true }, ["email": " a@x.test "]) == 200)
        #expect(status({ $0.validation.hiddenProperty = .reject400 }, ["createdAt": "2024-01-01"]) == 400)

        var full = SimulationDriver { $0.validation.planContacts = 1 }
        #expect(full.update(["email": "a@x.test"])?.status == 200)
        #expect(full.update(["email": "b@x.test"])?.status == 400)
        #expect(full.update(["email": "a@x.test"])?.status == 200)
    }

    @Test func `every unknown of Loops is read in another way by lenient or by hostile`() {
        let documented = SimulatorConfiguration()
        let others = [SimulatorProfile.lenient, .hostile].map { $0.configuration() }
        let values = SimulatorSetting.values(of: documented)
        let read = others.map { SimulatorSetting.values(of: $0) }
        for setting in SimulatorSetting.unverified(in: documented) {
            #expect(read.contains { $0[setting.name] != values[setting.name] }, "\(setting.name)")
            #expect(documented.banner.contains(setting.name))
        }
        for profile in [SimulatorProfile.documented, .hostile] {
            #expect(profile.configuration().validation.lateCommit)
        }
    }
}
