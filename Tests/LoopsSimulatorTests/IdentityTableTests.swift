import JSON
import LoopsSimulator
import Testing

/// Which contact is hit: the table of the Loops docs and reports, row by row, for update and for events.
@Suite struct IdentityTableTests {
    enum Way: String, CaseIterable, Sendable {
        case update
        case event
    }

    private func driver(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> SimulationDriver {
        var driver = SimulationDriver(change)
        driver.simulation.state.seedContact(email: "ann@x.test", userID: "u1")
        driver.simulation.state.seedContact(email: "bob@x.test", userID: "u2")
        driver.simulation.state.seedContact(email: "cid@x.test")
        return driver
    }

    private func write(_ way: Way, _ identity: JSONObject, _ driver: inout SimulationDriver) -> Reply? {
        var body = identity
        body["firstName"] = "New"
        if way == .event { body["eventName"] = "Seen" }
        return way == .update ? driver.update(.object(body)) : driver.event(.object(body))
    }

    @Test(arguments: Way.allCases) func `email matches: that contact`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "ann@x.test")]), &driver)?.status == 200)
        #expect(driver.contact("u1")?.firstName == "New")
        #expect(driver.simulation.state.teams[0].contacts.count == 3)
    }

    @Test(arguments: Way.allCases) func `email matches none: created with it`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "new@x.test")]), &driver)?.status == 200)
        let contact = try #require(driver.contact("new@x.test"))
        #expect(contact.userID == nil)
        #expect(contact.subscribed)
        #expect(contact.source == "API")
        #expect(driver.effectNames.first == "contact_created")
    }

    @Test(arguments: Way.allCases) func `userId matches: that contact`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("userId", "u2")]), &driver)?.status == 200)
        #expect(driver.contact("bob@x.test")?.firstName == "New")
    }

    @Test(arguments: Way.allCases) func `userId matches none: 400`(way: Way) throws {
        var driver = driver()
        let reply = write(way, JSONObject([("userId", "u9")]), &driver)
        #expect(reply?.status == 400)
        #expect(reply?.message == "userId not found and cannot create a new contact without an email.")
        #expect(driver.effects.isEmpty)
    }

    @Test(arguments: Way.allCases) func `both, only the email matches: the userId is set`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "cid@x.test"), ("userId", "u3")]), &driver)?.status == 200)
        #expect(driver.contact("u3")?.email == "cid@x.test")
    }

    @Test(arguments: Way.allCases) func `both, only the email matches: another userId is overwritten`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "ann@x.test"), ("userId", "u9")]), &driver)?.status == 200)
        #expect(driver.contact("u9")?.email == "ann@x.test")
        #expect(driver.contact("u1") == nil)

        var strict = self.driver { $0.validation.userIDOverwrite = .reject400 }
        #expect(write(way, JSONObject([("email", "ann@x.test"), ("userId", "u9")]), &strict)?.status == 400)
        #expect(strict.contact("u1")?.firstName == nil)
    }

    @Test(arguments: Way.allCases) func `both, only the userId matches: the email changes`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "ann@new.test"), ("userId", "u1")]), &driver)?.status == 200)
        #expect(driver.contact("u1")?.email == "ann@new.test")
        #expect(driver.contact("ann@x.test") == nil)
        let update = driver.effects.first { $0.kind.name == "contact_updated" }
        guard case .contactUpdated(let changes)? = update?.kind else {
            Issue.record("no update in \(driver.effectNames)")
            return
        }
        #expect(changes.first == .init(field: "email", before: "ann@x.test", after: "ann@new.test"))
    }

    @Test(arguments: Way.allCases) func `both match the same contact`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "ann@x.test"), ("userId", "u1")]), &driver)?.status == 200)
        #expect(driver.contact("u1")?.firstName == "New")
    }

    @Test(arguments: Way.allCases) func `both match, two contacts: 400 and nothing changes`(way: Way) throws {
        var driver = driver()
        let reply = write(way, JSONObject([("email", "ann@x.test"), ("userId", "u2")]), &driver)
        #expect(reply?.status == 400)
        #expect(reply?.message == "Multiple contacts found for the given criteria")
        #expect(driver.effects.isEmpty)

        var other = self.driver { $0.validation.splitIdentity = .emailWins }
        #expect(write(way, JSONObject([("email", "ann@x.test"), ("userId", "u2")]), &other)?.status == 200)
        #expect(other.contact("ann@x.test")?.userID == "u1")
        #expect(other.contact("u2")?.email == "bob@x.test")
    }

    @Test(arguments: Way.allCases) func `both match none: created with both`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject([("email", "new@x.test"), ("userId", "u9")]), &driver)?.status == 200)
        #expect(driver.contact("u9")?.email == "new@x.test")
    }

    @Test(arguments: Way.allCases) func `neither: 400`(way: Way) throws {
        var driver = driver()
        #expect(write(way, JSONObject(), &driver)?.status == 400)
        #expect(write(way, JSONObject([("email", nil), ("userId", nil)]), &driver)?.status == 400)
    }

    @Test func `the case of an address folds or not, as set`() throws {
        var folding = driver()
        #expect(folding.update(["email": "ANN@x.test", "lastName": "L"])?.status == 200)
        #expect(folding.contact("u1")?.lastName == "L")
        #expect(folding.simulation.state.teams[0].contacts.count == 3)

        var exact = driver { $0.validation.emailCase = .exact }
        #expect(exact.update(["email": "ANN@x.test"])?.status == 200)
        #expect(exact.simulation.state.teams[0].contacts.count == 4)
    }
}
