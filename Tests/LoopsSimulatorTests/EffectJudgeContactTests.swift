import JSON
import LoopsSimulator
import Testing

/// The judge goes by contacts and by effects: what a name, an answer or an empty question says is not enough.
@Suite struct EffectJudgeContactTests {
    private func driver() -> SimulationDriver {
        var driver = SimulationDriver.unlimited()
        driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
        driver.simulation.state.seedContact(email: "b@x.test", userID: "u2")
        return driver
    }

    private func judge(_ driver: SimulationDriver) -> EffectJudge { EffectJudge(driver.simulation) }

    @Test func `order is that of the contact, by whatever name it was called`() {
        var driver = driver()
        _ = driver.update(["userId": "u1", "seq": 2])
        _ = driver.update(["email": "a@x.test", "seq": 1])
        #expect(judge(driver).order().violations == 1)
        for name in ["u1", "a@x.test"] { #expect(judge(driver).order(contact: name).violations == 1) }
        let expected = [
            ExpectedDelivery(contact: "u1", sequenceNumber: 2, operation: .updateContact),
            ExpectedDelivery(contact: "a@x.test", sequenceNumber: 1, operation: .updateContact),
        ]
        #expect(judge(driver).account(expected).outOfOrder == 1)
    }

    @Test func `a contact that was deleted and made anew is the same one`() {
        var driver = driver()
        _ = driver.update(["userId": "u1", "seq": 5])
        _ = driver.call("POST", "/v1/contacts/delete", ["userId": "u1"])
        _ = driver.update(["userId": "u1", "email": "a@x.test", "seq": 4])
        #expect(judge(driver).order(contact: "u1").violations == 1)
    }

    @Test func `the two forms of a letter are two contacts`() {
        var driver = SimulationDriver.unlimited()
        _ = driver.update(["userId": "\u{e9}", "email": "a@x.test", "seq": 2])
        _ = driver.update(["userId": "e\u{301}", "email": "b@x.test", "seq": 1])
        #expect(judge(driver).order().isPassed)
        #expect(judge(driver).order(contact: "\u{e9}").examined == 1)
    }

    @Test func `an event that came to another contact is found`() {
        var driver = driver()
        _ = driver.event(["userId": "u2", "eventName": "E", "eventProperties": ["marker": "m1", "seq": 1]], key: "k")
        let expected = [ExpectedDelivery(contact: "u1", sequenceNumber: 1, operation: .sendEvent, marker: "m1")]
        #expect(judge(driver).account(expected).misdirected == 1)
        #expect(!judge(driver).account(expected).isPassed)
    }

    @Test func `nothing asked for and nobody there are no pass`() {
        var driver = driver()
        #expect(!judge(driver).order().isPassed)
        #expect(!judge(driver).overlaps().isPassed)
        #expect(!judge(driver).conflicts().isPassed)
        #expect(!judge(driver).maximumRate(10).isPassed)
        #expect(!judge(driver).account([]).isPassed)
        _ = driver.update(["userId": "u1", "seq": 1])
        #expect(judge(driver).order().isPassed)
        #expect(!judge(driver).order(contact: "nobody").isPassed)
        #expect(!judge(driver).order(contact: "nobody", markers: []).isPassed)
        #expect(!judge(driver).exactlyOnce(keys: []).isPassed)
        #expect(!driver.simulation.state.finalState(of: "u1", [:]).isPassed)
        #expect(!driver.simulation.state.finalState(of: "nobody", ["email": "a@x.test"]).isPassed)
        #expect(driver.simulation.state.finalState(of: "u1", ["email": "a@x.test"]).isPassed)
    }

    @Test func `a 409 with nothing behind its key is found, one with an effect is none`() {
        var driver = SimulationDriver {
            $0.idempotency.burnOn = .anyResponse
            $0.faults = [FaultRule("500", .respond(status: 500, .empty, .beforeCommit), remaining: 1)]
        }
        driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
        let body: JSONValue = ["userId": "u1", "eventName": "E"]
        #expect(driver.event(body, key: "burnt")?.status == 500)
        #expect(driver.event(body, key: "good")?.status == 200)
        #expect(driver.event(body, key: "good")?.status == 409)
        #expect(judge(driver).conflicts().isPassed)
        #expect(driver.event(body, key: "burnt")?.status == 409)
        #expect(judge(driver).conflicts().violations == 1)
    }

    @Test func `what an event said of its contact may be said again behind its 409`() {
        var driver = driver()
        let body: JSONValue = ["userId": "u1", "eventName": "E", "eventProperties": ["marker": "m1", "seq": 1]]
        _ = driver.event(body, key: "k")
        _ = driver.event(body, key: "k")
        _ = driver.update(["userId": "u1", "firstName": "A"])
        let expected = [ExpectedDelivery(contact: "u1", sequenceNumber: 1, operation: .sendEvent, marker: "m1")]
        #expect(judge(driver).account(expected).isPassed)
        _ = driver.update(["userId": "u1", "firstName": "A"])
        #expect(judge(driver).account(expected).unexpected == 1)
    }
}
