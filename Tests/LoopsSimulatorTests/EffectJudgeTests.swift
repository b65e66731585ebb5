import JSON
import LoopsSimulator
import Testing

/// The judge against runs with planted violations: each must be found, and a clean run must pass.
@Suite struct EffectJudgeTests {
    /// A clean run: contacts with updates and events in turn.
    private func run(contacts: Int = 3, entries: Int = 6) -> (SimulationDriver, [ExpectedDelivery]) {
        var driver = SimulationDriver.unlimited()
        var expected: [ExpectedDelivery] = []
        for number in 1...entries {
            for contact in 1...contacts {
                deliver(&driver, contact, number)
                expected.append(delivery(contact, number))
            }
        }
        return (driver, expected)
    }

    private func delivery(_ contact: Int, _ number: Int) -> ExpectedDelivery {
        let isEvent = number % 3 == 0
        return ExpectedDelivery(
            contact: "u\(contact)",
            sequenceNumber: Int64(number),
            operation: isEvent ? .sendEvent : .updateContact,
            marker: isEvent ? "m\(contact)-\(number)" : nil
        )
    }

    private func deliver(_ driver: inout SimulationDriver, _ contact: Int, _ number: Int) {
        driver.advance(milliseconds: 1)
        let (sequence, outcome) = begin(&driver, contact, number)
        if case .respond = outcome.step {} else { Issue.record("no answer") }
        driver.advance(milliseconds: 1)
        _ = driver.simulation.end(sequence, .answered, monotonic: driver.now)
    }

    private func begin(
        _ driver: inout SimulationDriver,
        _ contact: Int,
        _ number: Int,
        key: String? = nil
    ) -> (sequence: Int64, outcome: SimulationOutcome) {
        var body = JSONObject([("userId", .string("u\(contact)")), ("email", .string("c\(contact)@x.test"))])
        guard number % 3 == 0 else {
            body["seq"] = .int(Int64(number))
            return driver.begin("PUT", "/v1/contacts/update", .object(body))
        }
        body["eventName"] = "E"
        body["eventProperties"] = ["marker": .string("m\(contact)-\(number)"), "seq": .int(Int64(number))]
        return driver.begin("POST", "/v1/events/send", .object(body), key: key ?? "k\(contact)-\(number)-\(driver.now)")
    }

    private func judge(_ driver: SimulationDriver) -> EffectJudge { EffectJudge(driver.simulation) }

    @Test func `a clean run passes every check`() {
        let (driver, expected) = run()
        let account = judge(driver).account(expected)
        #expect(account.isPassed, "\(account)")
        #expect(account.delivered == 18)
        #expect(judge(driver).order().isPassed)
        #expect(judge(driver).order().examined == 18)
        #expect(judge(driver).overlaps().isPassed)
        #expect(judge(driver).exactlyOnce(keys: driver.effects.compactMap(\.idempotencyKey)).isPassed)
        #expect(judge(driver).order(contact: "u1", markers: ["m1-3", "m1-6"]).isPassed)
    }

    @Test func `a loss is found`() {
        let (driver, expected) = run()
        let more = expected + [delivery(2, 7), delivery(3, 9)]
        let account = judge(driver).account(more)
        #expect(account.missing == 2)
        #expect(!account.isPassed)
        #expect(account.examples.contains("missing: u3 #9"))
        #expect(!judge(driver).exactlyOnce(keys: ["never"]).isPassed)
        #expect(!judge(driver).exactlyOnce(keys: []).isPassed, "asked for nothing")
    }

    @Test func `an event applied twice is found, a repeated update is only counted`() {
        var (driver, expected) = run()
        deliver(&driver, 1, 6)
        let account = judge(driver).account(expected)
        #expect(account.duplicated == 1)
        #expect(!account.isPassed)

        (driver, expected) = run(entries: 5)
        deliver(&driver, 1, 5)
        let repeated = judge(driver).account(expected)
        #expect(repeated.repeated == 1)
        #expect(repeated.isPassed)
    }

    @Test func `an older delivery after a newer one is found`() {
        var (driver, expected) = run(entries: 5)
        deliver(&driver, 2, 7)
        deliver(&driver, 2, 6)
        expected += [delivery(2, 6), delivery(2, 7)]
        let account = judge(driver).account(expected)
        #expect(account.outOfOrder == 1)
        #expect(!account.isPassed)
        #expect(!judge(driver).order(contact: "u2").isPassed)
        #expect(judge(driver).order(contact: "u1").isPassed)
        #expect(!judge(driver).order(contact: "u2", markers: ["m2-6", "m2-3"]).isPassed)
    }

    @Test func `a suffix that is replayed in order settles, a stale repeat does not`() {
        var (driver, expected) = run(entries: 5)
        for number in [4, 5] { deliver(&driver, 1, number) }
        #expect(judge(driver).account(expected).isPassed)
        deliver(&driver, 1, 4)
        let account = judge(driver).account(expected)
        #expect(account.unsettled == 1)
        #expect(!account.isPassed)
        expected = []
        #expect(judge(driver).account(expected).unexpected == 18)
    }

    @Test func `merged updates pass only when merging is allowed, and never across an event`() {
        var driver = SimulationDriver.unlimited()
        for number in [2, 3, 5] { deliver(&driver, 1, number) }
        let expected = (1...5).map { delivery(1, $0) }
        let merging = judge(driver).account(expected, merging: true)
        #expect(merging.merged == 2)
        #expect(merging.isPassed)
        #expect(judge(driver).account(expected).missing == 2)

        driver = SimulationDriver.unlimited()
        for number in [3, 5] { deliver(&driver, 1, number) }
        let across = judge(driver).account((1...5).map { delivery(1, $0) }, merging: true)
        #expect(across.merged == 1)
        #expect(across.missing == 2)
    }

    @Test func `two open requests of one contact are found, by any of its names`() {
        var driver = SimulationDriver.unlimited()
        driver.simulation.state.seedContact(email: "c1@x.test", userID: "u1")
        let (first, _) = begin(&driver, 1, 1)
        driver.advance(milliseconds: 1)
        let (second, _) = driver.begin("POST", "/v1/events/send", ["email": "c1@x.test", "eventName": "E"])
        driver.advance(milliseconds: 1)
        for sequence in [first, second] { _ = driver.simulation.end(sequence, .answered, monotonic: driver.now) }
        #expect(judge(driver).overlaps().violations == 1)
        #expect(driver.simulation.statistics.overlaps == 0)

        let (third, _) = begin(&driver, 1, 2)
        driver.advance(milliseconds: 1)
        let (fourth, _) = begin(&driver, 1, 4)
        #expect(driver.simulation.journal[fourth]?.overlapped == third)
        #expect(driver.simulation.statistics.overlaps == 1)
        let (other, _) = begin(&driver, 2, 1)
        #expect(driver.simulation.journal[other]?.overlapped == nil)
        #expect(judge(driver).overlaps().violations == 2)
    }

    @Test func `a request that begins when the one before it ends does not overlap`() {
        var driver = SimulationDriver.unlimited()
        let (first, _) = begin(&driver, 1, 1)
        driver.advance(milliseconds: 5)
        _ = driver.simulation.end(first, .answered, monotonic: driver.now)
        _ = begin(&driver, 1, 2)
        #expect(judge(driver).overlaps().isPassed)
    }

    @Test func `too fast is found`() {
        var driver = SimulationDriver.unlimited()
        for number in 1...11 {
            deliver(&driver, 1, number)
            driver.advance(milliseconds: 88)
        }
        #expect(judge(driver).maximumRate(12).isPassed)
        #expect(!judge(driver).maximumRate(10).isPassed)
        #expect(judge(driver).maximumRate(1, inMilliseconds: 90).isPassed)
    }

    @Test func `a key with two effects is found, asked for or not`() {
        var driver = SimulationDriver.unlimited()
        driver.simulation.state.seedContact(email: "c1@x.test", userID: "u1")
        let (first, _) = begin(&driver, 1, 3, key: "k")
        _ = driver.simulation.end(first, .answered, monotonic: driver.now)
        driver.simulation.clock.advance(nanoseconds: 25 * 3_600 * 1_000_000_000)
        let (second, _) = begin(&driver, 1, 3, key: "k")
        _ = driver.simulation.end(second, .answered, monotonic: driver.now)
        #expect(!judge(driver).exactlyOnce(keys: ["k"]).isPassed)
        #expect(!judge(driver).exactlyOnce(keys: []).isPassed)
    }

    @Test func `deletions are matched in their order`() {
        var driver = SimulationDriver.unlimited()
        deliver(&driver, 1, 1)
        #expect(driver.call("POST", "/v1/contacts/delete", ["userId": "u1"])?.status == 200)
        deliver(&driver, 1, 4)
        let deletion = ExpectedDelivery(contact: "u1", sequenceNumber: 2, operation: .deleteContact)
        #expect(judge(driver).account([delivery(1, 1), deletion, delivery(1, 4)]).isPassed)
        let late = ExpectedDelivery(contact: "u1", sequenceNumber: 5, operation: .deleteContact)
        #expect(judge(driver).account([delivery(1, 1), late, delivery(1, 4)]).outOfOrder == 1)
    }

    @Test func `what a burnt key took is lost, and told apart`() {
        var driver = SimulationDriver { $0.idempotency.burnOn = .anyResponse }
        driver.simulation.faults.add(FaultRule("500", .respond(status: 500, .empty, .beforeCommit), remaining: 1))
        for _ in 1...2 {
            let (sequence, _) = begin(&driver, 1, 3, key: "k")
            _ = driver.simulation.end(sequence, .answered, monotonic: driver.now)
        }
        let account = judge(driver).account([delivery(1, 3)])
        #expect(account.missing == 1)
        #expect(account.missingByBurntKey == 1)
        #expect(!account.isPassed && account.isPassedButForBurntKeys)
        #expect(judge(driver).conflicts().violations == 1)
    }

    /// Sends each delivery again until it is answered with 200 or 409, in order, at a pace that the limiter allows.
    private func insist(usingKeys: Bool, seed: UInt64) -> (driver: SimulationDriver, account: DeliveryAccount) {
        var driver = SimulationDriver(SimulatorProfile.hostile.configuration(seed: seed))
        var expected: [ExpectedDelivery] = []
        for number in 1...600 {
            let contact = number % 5
            expected.append(delivery(contact, number))
            var isDone = false
            while !isDone {
                driver.advance(milliseconds: 150)
                let key = usingKeys ? "k\(number)" : "k\(number)-\(driver.now)"
                var (sequence, outcome) = begin(&driver, contact, number, key: key)
                while case .delay(let nanoseconds) = outcome.step {
                    driver.now += nanoseconds
                    outcome = driver.simulation.proceed(sequence, monotonic: driver.now)
                }
                var ending = JournalEntry.Ending.cut
                if case .respond(let reply, _) = outcome.step {
                    ending = .answered
                    isDone = reply.status == 200 || reply.status == 409
                }
                _ = driver.simulation.end(sequence, ending, monotonic: driver.now)
            }
        }
        return (driver, judge(driver).account(expected))
    }

    @Test(arguments: 1...5) func `under hostile, a client with keys passes and one without is caught`(seed: Int) {
        let good = insist(usingKeys: true, seed: UInt64(seed))
        #expect(good.account.isPassedButForBurntKeys, "\(good.account)")
        #expect(good.account.delivered + good.account.missingByBurntKey == 600)
        #expect(good.driver.simulation.statistics.appliedUnanswered > 0)
        #expect(judge(good.driver).overlaps().isPassed)
        #expect(judge(good.driver).order().isPassed)

        let bad = insist(usingKeys: false, seed: UInt64(seed))
        #expect(bad.account.duplicated > 0)
        #expect(!bad.account.isPassed)
    }

    @Test func `no verdict on incomplete evidence`() {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 0
        configuration.bounds.effectsMaximum = 4
        configuration.bounds.journalEntriesMaximum = 4
        var driver = SimulationDriver(configuration)
        for number in 1...6 { deliver(&driver, 1, number) }
        #expect(!judge(driver).order().isPassed)
        #expect(!judge(driver).overlaps().isPassed)
        #expect(judge(driver).account([]).isEvidenceIncomplete)
        #expect(judge(driver).account((1...6).map { delivery(1, $0) }).isEvidenceIncomplete)
    }
}
