import DevKit
import JSON
import LoopsSimulator
import Support
import Testing

/// Everything has a limit, every setting a name, every profile its meaning.
@Suite struct BoundsAndSettingsTests {
    @Test func `a log keeps the newest and counts the rest`() {
        var log = BoundedLog<Int>(capacity: 3)
        for number in 1...5 { log.append(number * 10) }
        #expect(log.elements() == [30, 40, 50])
        #expect([log.appended, log.dropped, log.firstNumber] == [5, 2, 3])
        #expect(log[2] == nil)
        #expect(log[4] == 40)
        #expect(log[6] == nil)
        #expect(log.elements(after: .max).isEmpty)
        #expect(log.elements(after: .min).count == 3)
        log.update(4) { $0 += 1 }
        log.update(1) { $0 += 1 }
        #expect(log.elements(after: 3, limit: 1) == [41])
        log.forgetAll()
        #expect(log.elements().isEmpty)
        #expect(log.dropped == 0)
        log.append(60)
        #expect(log[6] == 60)
    }

    @Test(arguments: 1...10) func `a log is the tail of an array`(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let capacity = Int.random(in: 1...20, using: &generator)
        var log = BoundedLog<Int>(capacity: capacity)
        var all: [Int] = []
        for _ in 0..<200 {
            let number = Int.random(in: 0...99, using: &generator)
            log.append(number)
            all.append(number)
            #expect(log.elements() == Array(all.suffix(capacity)))
            #expect(log.dropped == Int64(max(0, all.count - capacity)))
        }
    }

    @Test func `journal, bodies, violations and contacts are bounded`() {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 0
        configuration.bounds.journalEntriesMaximum = 10
        configuration.bounds.journalBodyBytesMaximum = 8
        configuration.bounds.violationsMaximum = 5
        configuration.bounds.contactsMaximum = 3
        var driver = SimulationDriver(configuration)
        let statuses = (1...20).map { driver.update(["email": .string("c\($0)@x.test"), "nope": 1])?.status }
        #expect(statuses.prefix(3).allSatisfy { $0 == 200 })
        #expect(statuses.dropFirst(3).allSatisfy { $0 == 500 })
        #expect(driver.simulation.journal.count == 10)
        #expect(driver.simulation.journal.dropped == 10)
        #expect(driver.simulation.journal[20]?.body.count == 8)
        #expect(driver.simulation.journal[20]?.bodyByteCount ?? 0 > 8)
        #expect(driver.simulation.state.violations.count == 5)
        #expect(driver.simulation.state.violationCounts[.unknownProperty] == 20)
        #expect(driver.simulation.openRequests == 0)
    }

    @Test func `a reset forgets what was and not what is open`() {
        var driver = SimulationDriver.unlimited()
        _ = driver.update(["email": "a@x.test"])
        let (open, _) = driver.begin("PUT", "/v1/contacts/update", ["email": "b@x.test"])
        driver.simulation.reset(monotonic: driver.now)
        #expect(driver.effects.isEmpty)
        #expect(driver.simulation.openRequests == 1)
        _ = driver.simulation.end(open, .answered, monotonic: driver.now)
        #expect(driver.simulation.openRequests == 0)
        #expect(driver.update(["email": "a@x.test"])?.status == 200)
        #expect(driver.effects.map(\.sequence) == [1])
    }

    @Test func `the clock moves, stops and goes on`() {
        var clock = SimulatedClock(wall: 1_000, monotonic: 10)
        #expect(clock.now(monotonic: 15) == 1_005)
        clock.advance(nanoseconds: 100)
        #expect(clock.now(monotonic: 15) == 1_105)
        clock.freeze(monotonic: 15)
        #expect(clock.now(monotonic: 99) == 1_105)
        clock.advance(nanoseconds: 5)
        #expect(clock.now(monotonic: 99) == 1_110)
        clock.thaw(monotonic: 100)
        #expect(clock.now(monotonic: 101) == 1_111)
        clock.advance(nanoseconds: -50)
        #expect(clock.now(monotonic: 101) == 1_111)
        for _ in 1...3 { clock.advance(nanoseconds: .max) }
        #expect(clock.now(monotonic: 101) < Int64.max / 5 * 4)
    }

    @Test func `every setting can be read, written and read again`() throws {
        let configuration = SimulatorConfiguration()
        let values = SimulatorSetting.values(of: configuration)
        #expect(values.count == SimulatorSetting.all.count)
        var copy = configuration
        try SimulatorSetting.apply(values, to: &copy)
        #expect(copy == configuration)
        for setting in SimulatorSetting.all where setting.allowed.count > 1 {
            for word in setting.allowed {
                let value: JSONValue = word == "true" ? true : word == "false" ? false : .string(word)
                var changed = configuration
                try SimulatorSetting.apply(JSONObject([(setting.name, value)]), to: &changed)
                #expect(SimulatorSetting.values(of: changed)[setting.name] == value)
            }
        }
    }

    @Test func `all faults of settings at once, and nothing is changed`() {
        var configuration = SimulatorConfiguration()
        let pairs: [(String, JSONValue)] = [
            ("limit", 20), ("limiter", "leaky"), ("nope", 1), ("length_maximum", 0), ("order", ["body"]),
        ]
        let values = JSONObject(pairs)
        #expect {
            try SimulatorSetting.apply(values, to: &configuration)
        } throws: { error in
            let faults = (error as? SettingFaults)?.faults ?? []
            return faults.count == 4
                && faults.contains { $0.hasPrefix("limiter: \"leaky\" is not allowed; allowed: fixed_aligned") }
        }
        #expect(configuration == SimulatorConfiguration())
    }

    @Test func `the order of the steps is a setting`() throws {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 1
        var driver = SimulationDriver(configuration)
        _ = driver.update(["email": "bad"])
        #expect(driver.update(["email": "bad"])?.status == 429)

        let order: JSONValue = ["authentication", "body", "length", "fields", "rate_limit", "idempotency"]
        try SimulatorSetting.apply(JSONObject([("order", order)]), to: &configuration)
        driver = SimulationDriver(configuration)
        _ = driver.update(["email": "bad"])
        #expect(driver.update(["email": "bad"])?.status == 400)
        for wrong in [["fields", "authentication", "body", "length", "rate_limit", "idempotency"], ["body", "body"]] {
            let value = JSONValue.array(wrong.map { .string($0) })
            #expect(throws: SettingFaults.self) {
                try SimulatorSetting.apply(JSONObject([("order", value)]), to: &configuration)
            }
        }
    }

    @Test func `the banner names every setting that is not known to match`() {
        let banner = SimulatorProfile.hostile.configuration().banner
        for setting in SimulatorSetting.all {
            let isNamed = banner.contains("\n  \(setting.name) = ")
            #expect(isNamed == (setting.evidence == .unknown || setting.evidence == .inferred), "\(setting.name)")
        }
        #expect(banner.contains("burn_on = \"any_response\" (unknown)"))
        #expect(banner.contains("Faults in force: bad gateway"))
        #expect(SimulatorConfiguration().banner.contains("limiter = \"fixed_first\" (unknown)"))
    }

    @Test func `a live change keeps the state`() {
        var driver = SimulationDriver.unlimited()
        _ = driver.update(["email": "a@x.test", "userId": "u1"])
        driver.simulation.apply(
            .with {
                $0.limiter = RateLimiterConfiguration(kind: .slidingLog, limit: 1)
                $0.teams = []
            }
        )
        #expect(driver.update(["userId": "u1"])?.status == 200)
        #expect(driver.update(["userId": "u1"])?.status == 429)
    }

    @Test func `lenient drops where documented refuses`() {
        let body: JSONValue = ["email": "a@x.test", "firstName": [1], "mailingLists": ["nope": true]]
        var documented = SimulationDriver(SimulatorProfile.documented.configuration())
        #expect(documented.update(body)?.status == 400)
        var lenient = SimulationDriver(SimulatorProfile.lenient.configuration())
        #expect(lenient.update(body)?.status == 200)
        let event: JSONValue = ["email": "a@x.test", "eventName": "a:b", "eventProperties": ["n": nil]]
        #expect(lenient.event(event, key: "k")?.status == 200)
        #expect(
            lenient.event(["email": "a@x.test", "eventName": "c"], key: "k")?.message
                == "Request has already been processed."
        )
    }

    @Test func `hostile strikes at about its rates, and the same seed strikes the same`() {
        func statuses(seed: UInt64) -> [Int?] {
            var configuration = SimulatorProfile.hostile.configuration(seed: seed)
            configuration.limiter.limit = 1_000_000
            var driver = SimulationDriver(configuration)
            return (0..<4_000).map { _ in
                driver.advance(milliseconds: 1)
                return driver.update(["email": "a@x.test"])?.status
            }
        }
        let one = statuses(seed: 5)
        #expect(one == statuses(seed: 5))
        #expect((15...80).contains(one.count { $0 == nil }))
        #expect((70...190).contains(one.count { $0 ?? 0 >= 500 }))
    }

    @Test func `slow takes 300 to 900 ms, outage refuses once after five seconds`() {
        var slow = SimulationDriver(SimulatorProfile.slow.configuration())
        let before = slow.now
        #expect(slow.update(["email": "a@x.test"])?.status == 200)
        #expect((300_000_000...900_000_000).contains(slow.now - before))

        var outage = SimulationDriver(SimulatorProfile.outage.configuration())
        #expect(outage.update(["email": "a@x.test"])?.status == 200)
        outage.advance(milliseconds: 5_000)
        let (sequence, outcome) = outage.begin("GET", "/v1/lists")
        #expect(outcome.step == .refuseConnections(milliseconds: 60_000))
        _ = outage.simulation.end(sequence, .cut, monotonic: outage.now)
        #expect(outage.update(["email": "a@x.test"])?.status == 200)
    }
}
