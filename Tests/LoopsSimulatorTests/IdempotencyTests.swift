import JSON
import LoopsSimulator
import Testing

/// The key of events/send, under every reading of the documents.
@Suite struct IdempotencyTests {
    private let body: JSONValue = ["userId": "u1", "eventName": "E", "eventProperties": ["n": 1]]
    private let other: JSONValue = ["userId": "u1", "eventName": "E", "eventProperties": ["n": 2]]
    private let reordered: JSONValue = ["eventName": "E", "userId": "u1", "eventProperties": ["n": 1]]
    private let processed = "Request has already been processed."
    private let different = "Idempotency key already used with a different request body."

    private func driver(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) -> SimulationDriver {
        var driver = SimulationDriver(change)
        driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
        return driver
    }

    @Test func `any reuse is a 409, with two texts`() {
        var driver = driver()
        #expect(driver.event(body, key: "k")?.status == 200)
        let same = driver.event(body, key: "k")
        #expect(same?.status == 409)
        #expect(same?.message == processed)
        let changed = driver.event(other, key: "k")
        #expect(changed?.status == 409)
        #expect(changed?.message == different)
        #expect(driver.effects.count == 1)
        #expect(driver.simulation.statistics.replays == 2)
    }

    @Test(arguments: [
        (IdempotencyConfiguration.Messages.alwaysProcessed, "Request has already been processed."),
        (.alwaysDifferentBody, "Idempotency key already used with a different request body."),
    ])
    func `one text for all`(messages: IdempotencyConfiguration.Messages, text: String) {
        var driver = driver { $0.idempotency.messages = messages }
        _ = driver.event(body, key: "k")
        #expect(driver.event(body, key: "k")?.message == text)
        #expect(driver.event(other, key: "k")?.message == text)
    }

    @Test(arguments: [IdempotencyConfiguration.Replay.replay, .silent])
    func `a replay may be a 200, never a second effect`(replay: IdempotencyConfiguration.Replay) {
        var driver = driver { $0.idempotency.replaySameBody = replay }
        _ = driver.event(body, key: "k")
        #expect(driver.event(body, key: "k")?.status == 200)
        #expect(driver.event(body, key: "k")?.json == ["success": true])
        #expect(driver.event(other, key: "k")?.status == 409)
        #expect(driver.effects.count == 1)
    }

    @Test func `the order of keys counts in a raw comparison only`() {
        var raw = driver()
        _ = raw.event(body, key: "k")
        #expect(raw.event(reordered, key: "k")?.message == different)
        var canonical = driver { $0.idempotency.comparison = .canonical }
        _ = canonical.event(body, key: "k")
        #expect(canonical.event(reordered, key: "k")?.message == processed)
    }

    @Test func `a key lives 24 hours of simulated time`() {
        var driver = driver()
        _ = driver.event(body, key: "k")
        driver.simulation.clock.advance(nanoseconds: (24 * 3_600 - 1) * 1_000_000_000)
        #expect(driver.event(body, key: "k")?.status == 409)
        driver.simulation.clock.advance(nanoseconds: 1_000_000_000)
        #expect(driver.event(body, key: "k")?.status == 200)
        #expect(driver.effects.count == 2)
    }

    @Test func `which answers use a key up`() {
        let invalid: JSONValue = ["userId": "u1"]
        for (burn, expected) in [(IdempotencyConfiguration.Burn.success, 200), (.any4xx, 409), (.anyResponse, 409)] {
            var driver = driver { $0.idempotency.burnOn = burn }
            #expect(driver.event(invalid, key: "k")?.status == 400)
            #expect(driver.event(body, key: "k")?.status == expected, "\(burn)")
            #expect(driver.simulation.statistics.burntKeys == (burn == .success ? 0 : 1))
            #expect(driver.simulation.journal[1]?.burntKey == (burn != .success))
        }
    }

    @Test func `an unknown userId uses the key up like any 400`() {
        let stranger: JSONValue = ["userId": "u9", "eventName": "E"]
        var keeping = driver()
        _ = keeping.event(stranger, key: "k")
        _ = keeping.update(["email": "n@x.test", "userId": "u9"])
        #expect(keeping.event(stranger, key: "k")?.status == 200)
        var burning = driver { $0.idempotency.burnOn = .any4xx }
        _ = burning.event(stranger, key: "k")
        _ = burning.update(["email": "n@x.test", "userId": "u9"])
        #expect(burning.event(stranger, key: "k")?.status == 409)
    }

    @Test func `401 and 429 use a key up only by a setting of their own`() {
        for (burn, expected) in [(IdempotencyConfiguration.Burn.anyResponse, 200), (.anyAnswer, 409)] {
            for status in [401, 429] {
                var driver = driver {
                    $0.idempotency.burnOn = burn
                    $0.faults = [FaultRule("no", .respond(status: status, .empty, .beforeCommit), remaining: 1)]
                }
                #expect(driver.event(body, key: "k")?.status == status)
                #expect(driver.event(body, key: "k")?.status == expected, "\(burn) \(status)")
            }
            var limited = self.driver {
                $0.idempotency.burnOn = burn
                $0.limiter.limit = 1
            }
            _ = limited.call("GET", "/v1/lists")
            #expect(limited.event(body, key: "k")?.status == 429)
            limited.advance(milliseconds: 1_000)
            #expect(limited.event(body, key: "k")?.status == expected, "\(burn)")
        }
    }

    @Test func `a request whose client has left fails all the same, and uses its key up`() {
        for (fault, burn) in [
            (FaultAction.respond(status: 503, .empty, .beforeCommit), IdempotencyConfiguration.Burn.anyResponse),
            (.delay(.fixed(milliseconds: 1), .before), .any4xx),
        ] {
            var driver = SimulationDriver {
                $0.idempotency.burnOn = burn
                $0.faults = [
                    FaultRule("slow", .delay(.fixed(milliseconds: 50), fault.stage), remaining: 1),
                    FaultRule("fault", fault, remaining: 1),
                ]
            }
            let (first, _) = driver.begin("POST", "/v1/events/send", body, key: "k")
            _ = driver.simulation.end(first, .clientLeft, monotonic: driver.now)
            _ = driver.simulation.proceed(first, monotonic: driver.now)
            driver.simulation.state.seedContact(email: "a@x.test", userID: "u1")
            #expect(driver.event(body, key: "k")?.status == 409, "\(burn)")
            #expect(driver.effects.isEmpty && driver.simulation.journal[1]?.burntKey == true)
        }
    }

    @Test func `each 409 may say in words what the key was used for`() {
        var driver = driver {
            $0.idempotency.messages = .telling
            $0.idempotency.burnOn = .anyResponse
            $0.faults = [
                FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1),
                FaultRule("500", .respond(status: 500, .empty, .beforeCommit), remaining: 1),
            ]
        }
        let (first, _) = driver.begin("POST", "/v1/events/send", body, key: "k")
        #expect(driver.event(body, key: "k")?.message?.contains("in progress") == true)
        _ = driver.simulation.proceed(first, monotonic: driver.now)
        #expect(driver.event(body, key: "k")?.message?.contains("has failed") == true)
    }

    @Test func `an empty key is none, or refused`() {
        var driver = driver { $0.idempotency.emptyKey = .reject400 }
        #expect(driver.event(body, key: "")?.status == 400)
        #expect(driver.event(body)?.status == 200)
    }

    @Test func `an injected 500 before the commit burns only under any_response`() {
        for (burn, expected) in [(IdempotencyConfiguration.Burn.any4xx, 200), (.anyResponse, 409)] {
            var driver = driver {
                $0.idempotency.burnOn = burn
                $0.faults = [FaultRule("500", .respond(status: 500, .empty, .beforeCommit), remaining: 1)]
            }
            #expect(driver.event(body, key: "k")?.status == 500)
            #expect(driver.event(body, key: "k")?.status == expected)
            #expect(driver.effects.count == (expected == 200 ? 1 : 0))
        }
    }

    @Test func `while the first is in flight the second is refused`() {
        var driver = driver {
            $0.faults = [FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1)]
        }
        let (first, waiting) = driver.begin("POST", "/v1/events/send", body, key: "k")
        #expect(waiting.step == .delay(nanoseconds: 50_000_000))
        #expect(driver.event(body, key: "k")?.status == 409)
        let outcome = driver.simulation.proceed(first, monotonic: driver.now)
        guard case .respond(let reply, _) = outcome.step else {
            Issue.record("no answer")
            return
        }
        #expect(reply.status == 200)
        #expect(driver.effects.count == 1)
    }

    @Test func `or the second waits for the first`() {
        var driver = driver {
            $0.idempotency.inFlight = .wait
            $0.faults = [FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1)]
        }
        let (first, _) = driver.begin("POST", "/v1/events/send", body, key: "k")
        let (second, parked) = driver.begin("POST", "/v1/events/send", body, key: "k")
        #expect(parked.step == .park)
        let outcome = driver.simulation.proceed(first, monotonic: driver.now)
        #expect(outcome.wake == [second])
        let woken = driver.simulation.proceed(second, monotonic: driver.now)
        guard case .respond(let reply, _) = woken.step else {
            Issue.record("no answer")
            return
        }
        #expect(reply.status == 409)
        #expect(driver.effects.count == 1)
    }

    @Test func `a client that leaves before the commit gives the key back`() {
        var driver = driver { $0.faults = [FaultRule("never", .stall(.beforeCommit), remaining: 1)] }
        let (first, outcome) = driver.begin("POST", "/v1/events/send", body, key: "k")
        #expect(outcome.step == .stall)
        #expect(driver.simulation.end(first, .clientLeft, monotonic: driver.now).isEmpty)
        #expect(driver.event(body, key: "k")?.status == 200)
        #expect(driver.effects.count == 1)
    }

    @Test func `a late commit happens after the client has left, if set`() {
        for isLate in [false, true] {
            var driver = driver {
                $0.validation.lateCommit = isLate
                $0.faults = [FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1)]
            }
            let (first, _) = driver.begin("POST", "/v1/events/send", body, key: "k")
            _ = driver.simulation.end(first, .clientLeft, monotonic: driver.now)
            _ = driver.simulation.proceed(first, monotonic: driver.now)
            #expect(driver.effects.count == (isLate ? 1 : 0))
            #expect(driver.event(body, key: "k")?.status == (isLate ? 409 : 200))
            #expect(driver.simulation.openRequests == 0)
        }
    }

    @Test func `lengths, absence, scope`() {
        var driver = driver()
        #expect(driver.event(body, key: String(repeating: "k", count: 100))?.status == 200)
        #expect(driver.event(body, key: String(repeating: "k", count: 101))?.status == 400)
        #expect(driver.event(body, key: "")?.status == 200)
        #expect(driver.event(body)?.status == 200)
        #expect(driver.simulation.state.violationCounts[.missingIdempotencyKey] == 2)
        #expect(driver.call("PUT", "/v1/contacts/update", ["userId": "u1"], key: "k")?.status == 200)
        #expect(driver.call("PUT", "/v1/contacts/update", ["userId": "u1"], key: "k")?.status == 200)
        #expect(driver.simulation.state.violationCounts[.ineffectiveIdempotencyKey] == 2)

        let mail: JSONValue = ["email": "a@x.test", "transactionalId": "t"]
        for (scope, expected) in [(IdempotencyConfiguration.Scope.teamAndEndpoint, 200), (.team, 409)] {
            var scoped = self.driver { $0.idempotency.scope = scope }
            scoped.simulation.state.defineTransactional(id: "t", variables: [])
            _ = scoped.event(body, key: "k")
            #expect(scoped.call("POST", "/v1/transactional", mail, key: "k")?.status == expected)
        }
    }

    @Test func `no more keys than allowed are kept, and the forgotten ones are counted`() {
        var driver = driver { $0.idempotency.keysMaximum = 2 }
        for key in ["a", "b", "c"] { _ = driver.event(body, key: key) }
        #expect(driver.simulation.state.idempotency.count == 2)
        #expect(driver.simulation.state.idempotency.forgotten == 1)
        #expect(driver.event(body, key: "a")?.status == 200)
        #expect(driver.event(body, key: "c")?.status == 409)
    }
}
