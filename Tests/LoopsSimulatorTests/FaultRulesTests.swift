import JSON
import LoopsSimulator
import Testing

/// Which rules strike which requests, and what is committed then.
@Suite struct FaultRulesTests {
    private let update: JSONValue = ["email": "a@x.test", "userId": "u1"]

    @Test func `only the nth match, only so often, only in a time`() {
        var driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(FaultRule("third", .respond(status: 503, .html, .before), nth: 3))
        #expect((1...4).map { _ in driver.update(update)?.status } == [200, 200, 503, 200])

        driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(FaultRule("twice", .respond(status: 500, .empty, .before), remaining: 2))
        #expect((1...4).map { _ in driver.update(update)?.status } == [500, 500, 200, 200])

        driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(
            FaultRule(
                "later",
                .respond(status: 502, .html, .before),
                activeFromMilliseconds: 100,
                activeUntilMilliseconds: 200
            )
        )
        var seen: [Int?] = []
        for _ in 0..<4 {
            seen.append(driver.update(update)?.status)
            driver.advance(milliseconds: 60)
        }
        #expect(seen == [200, 200, 502, 502])
    }

    @Test func `matching by method, path, event, email and userId`() {
        let cases: [(FaultMatch, Bool)] = [
            (FaultMatch(), true), (FaultMatch(method: "POST"), true), (FaultMatch(method: "PUT"), false),
            (FaultMatch(path: "/v1/events/*"), true), (FaultMatch(path: "/v1/contacts/*"), false),
            (.endpoint(.sendEvent), true), (.endpoint(.updateContact), false), (FaultMatch(eventName: "Sign*"), true),
            (FaultMatch(eventName: "Sign"), false), (FaultMatch(email: "*@x.test"), true),
            (FaultMatch(email: "?@x.test"), true), (FaultMatch(email: "?@y.test"), false),
            (FaultMatch(userID: "u?"), true), (FaultMatch(userID: "*9"), false),
        ]
        for (match, isStruck) in cases {
            var driver = SimulationDriver.unlimited()
            driver.simulation.faults.add(FaultRule("x", on: match, .respond(status: 500, .empty, .before)))
            let reply = driver.event(["email": "a@x.test", "userId": "u1", "eventName": "Signed Up"])
            #expect(reply?.status == (isStruck ? 500 : 200), "\(match)")
        }
    }

    @Test func `a probability is kept, and the seed decides`() {
        func struck(seed: UInt64) -> [Bool] {
            var rules = FaultRules(
                [FaultRule("half", .respond(status: 500, .empty, .before), probability: 0.25)],
                seed: seed
            )
            let subject = FaultSubject(method: "GET", path: "/")
            return (0..<4_000).map { _ in rules.strike(subject, at: .before, elapsed: 0).action != nil }
        }
        #expect(struck(seed: 1) == struck(seed: 1))
        #expect(struck(seed: 1) != struck(seed: 2))
        #expect((800...1_200).contains(struck(seed: 1).count { $0 }))
    }

    @Test func `delays add up and the first other rule wins`() {
        var rules = FaultRules(
            [
                FaultRule("a", .delay(.fixed(milliseconds: 5), .before)),
                FaultRule("b", .respond(status: 500, .empty, .before)),
                FaultRule("c", .delay(.fixed(milliseconds: 7), .before)), FaultRule("d", .stall(.before)),
            ],
            seed: 1
        )
        let strike = rules.strike(FaultSubject(method: "GET", path: "/"), at: .before, elapsed: 0)
        #expect(strike.delayNanoseconds == 12_000_000)
        #expect(strike.action == .respond(status: 500, .empty, .before))
        #expect(strike.names == ["a", "b", "c"])
        #expect(rules.entries.map(\.fired) == [1, 1, 1, 0])
    }

    @Test(arguments: [
        (FaultAction.respond(status: 500, .empty, .before), false),
        (.respond(status: 500, .empty, .beforeCommit), false),
        (.respond(status: 500, .empty, .afterCommit), true), (.disconnect(reset: true, .before), false),
        (.disconnect(reset: true, .beforeCommit), false), (.disconnect(reset: true, .afterCommit), true),
        (.stall(.before), false), (.stall(.beforeCommit), false), (.stall(.afterCommit), true),
        (.refuseConnections(milliseconds: 5), false), (.truncate(share: 0.5), true), (.garbage, true),
        (.disconnect(reset: false, .arrival), false), (.respond(status: 503, .html, .arrival), false),
    ])
    func `what is applied and what is not`(action: FaultAction, isApplied: Bool) {
        var driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(FaultRule("x", action))
        _ = driver.update(update)
        #expect(driver.effects.count == (isApplied ? 1 : 0))
        #expect(driver.simulation.journal[1]?.isCommitted == isApplied)
        #expect(driver.simulation.journal[1]?.rules == ["x"])
        #expect(driver.simulation.openRequests == 0)
    }

    @Test func `rules after the commit leave refused requests alone`() {
        var driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(FaultRule("x", .respond(status: 500, .empty, .afterCommit)))
        #expect(driver.update([:])?.status == 400)
        #expect(driver.simulation.faults.entries[0].fired == 0)
    }

    @Test func `rules come and go`() {
        var driver = SimulationDriver.unlimited()
        let id = driver.simulation.faults.add(FaultRule("x", .respond(status: 500, .empty, .before)))
        #expect(driver.update(update)?.status == 500)
        let isRemoved = driver.simulation.faults.remove(id: id)
        let isRemovedTwice = driver.simulation.faults.remove(id: id)
        #expect(isRemoved)
        #expect(!isRemovedTwice)
        #expect(driver.update(update)?.status == 200)
    }

    @Test func `a key revoked in the middle`() {
        var driver = SimulationDriver.unlimited()
        driver.simulation.faults.add(
            FaultRule("401", .respond(status: 401, .message("Invalid API key"), .before), remaining: 1)
        )
        #expect(driver.update(update)?.message == "Invalid API key")
        #expect(driver.update(update)?.status == 200)
    }
}
