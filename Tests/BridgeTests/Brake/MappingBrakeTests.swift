import StreamGroups
import Testing

@testable import Bridge
@testable import Support

@Suite("The brake: changed mappings that turn events into dead letters stop the stream")
struct MappingBrakeTests {
    private func pause(_ brake: MappingBrake) throws -> Pause {
        guard case .pause(let pause)? = brake.request else { throw NoPause() }
        return pause
    }
    private struct NoPause: Error {}

    @Test("It stops after 20 events of which more than a fifth fail, and nothing is written from there on")
    func stops() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        for _ in 0..<19 { samples.carry([.invalid]) }
        #expect(!samples.brake.isEngaged && samples.letters == 19)
        samples.carry([.invalid, .delivered])
        #expect(samples.brake.isEngaged && samples.letters == 19 && samples.held == 2, "also what comes behind it")
        let brake = try #require(try pause(samples.brake).brake)
        #expect(brake == Pause.Brake(mapping: "m", digest: "new", previous: "old"))
        #expect(try pause(samples.brake).by == Pause.brakeName)
        #expect(try pause(samples.brake).reason.contains("20 of 20 events since it was changed"))
    }

    @Test("A batch that is planned at once leaves no letter; another partition goes on with what is good")
    func batch() {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .invalid, count: 500))
        #expect(samples.letters == 0 && samples.held == 500)
        samples.carry([.delivered], partition: 1)
        #expect(samples.held == 500)
    }

    @Test("What Loops refuses stops it too, however many good events are planned and wait")
    func refused() {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        let waiting = (0..<5000).map { _ in samples.plan(.delivered) }
        for entry in waiting { samples.brake.planned(entry) }
        for number in 0..<100 { samples.complete(waiting[number], number % 2 == 0 ? .refused : .delivered) }
        #expect(samples.brake.isEngaged && samples.letters <= 10)
    }

    @Test("Few failures at once beside many good events that wait for the rate limit are no jump")
    func planningIsCountedApart() {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        for number in 0..<1000 { samples.brake.planned(samples.plan(number % 10 == 9 ? .invalid : .delivered)) }
        for _ in 0..<100 { samples.complete(samples.plan(.invalid), .invalid) }
        #expect(!samples.brake.isEngaged && samples.letters == 100)
    }

    @Test("Nothing stops for what failed as much before, for mappings that are the same, and for a group's first ones")
    func noJump() {
        var before = BrakeSamples.settled(events: 100, failed: 10)
        before.use(["m": "new"])
        before.carry((0..<100).map { $0 % 3 == 0 ? .invalid : .delivered })
        #expect(!before.brake.isEngaged)
        var same = BrakeSamples.settled()
        same.use(["m": "old"])
        same.carry(Array(repeating: .invalid, count: 100))
        #expect(!same.brake.isEngaged)
        var first = BrakeSamples()
        first.use(["m": "new"])
        first.brake.learn([])
        first.carry(Array(repeating: .invalid, count: 100))
        #expect(!first.brake.isEngaged && first.brake.unrecorded.map(\.digest) == ["new"])
        var off = BrakeSamples()
        off.brake = MappingBrake(isOn: false)
        off.use(["m": "old"])
        off.use(["m": "new"])
        off.carry(Array(repeating: .invalid, count: 100))
        #expect(!off.brake.isEngaged && off.letters == 100)
    }

    @Test("A mapping of a new name is on trial, and so are changed ones after a restart")
    func restart() {
        var named = BrakeSamples.settled()
        named.use(["m": "old", "n": "x"])
        for _ in 0..<20 { named.brake.planned(named.plan(.invalid, mapping: "n")) }
        #expect(named.brake.isEngaged)
        var restarted = BrakeSamples()
        restarted.use(["m": "new"])
        restarted.brake.learn([MappingRecord(name: "m", digest: "old", events: 400, failed: 1)])
        restarted.carry(Array(repeating: .invalid, count: 30))
        #expect(restarted.brake.isEngaged && restarted.letters == 0)
    }

    @Test("A ledger that could be read only later puts changed mappings on trial then")
    func lateLedger() {
        var samples = BrakeSamples()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .delivered, count: 300))
        #expect(samples.brake.needsLedger && samples.brake.unrecorded.isEmpty)
        samples.brake.learn([MappingRecord(name: "m", digest: "old", events: 400, failed: 1)])
        samples.carry(Array(repeating: .invalid, count: 30))
        #expect(!samples.brake.needsLedger && samples.brake.isEngaged)
    }

    @Test("After 200 good events the trial is passed, and recorded; later failures are no matter of the change")
    func passed() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .delivered, count: MappingTrial.passedAfter))
        let record = try #require(samples.brake.unrecorded.first)
        #expect(record == MappingRecord(name: "m", digest: "new", events: 200, failed: 0))
        samples.brake.recorded([record])
        #expect(samples.brake.unrecorded.isEmpty)
        samples.carry(Array(repeating: .invalid, count: 100))
        #expect(!samples.brake.isEngaged)
    }

    @Test("What was planned with the mappings from before neither counts nor is held")
    func oldPlans() {
        var samples = BrakeSamples.settled()
        let old = (0..<30).map { _ in samples.plan(.delivered) }
        samples.use(["m": "new"])
        for entry in old { samples.complete(entry, .refused) }
        #expect(!samples.brake.isEngaged && samples.letters == 30)
        samples.carry(Array(repeating: .invalid, count: 20))
        #expect(samples.brake.isEngaged, "good ones of before do not hide it")
    }

    @Test("A person who ends the pause has accepted it, here and after a restart")
    func accepted() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .invalid, count: 20))
        let pause = try pause(samples.brake)
        samples.brake.saw(pause)
        #expect(samples.brake.request == nil && samples.brake.isEngaged)
        samples.brake.saw(nil)
        #expect(samples.brake.request == .askAcceptance(pause) && samples.brake.isEngaged)
        samples.brake.ended(pause, accepted: pause)
        #expect(!samples.brake.isEngaged && samples.brake.unrecorded.map(\.digest) == ["new"])
        samples.carry(Array(repeating: .invalid, count: 100), partition: 1)
        #expect(!samples.brake.isEngaged && samples.letters == 100)
    }

    @Test("Where the pause ends without that, the first letter stops the stream again")
    func failedAgain() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .invalid, count: 20))
        let pause = try pause(samples.brake)
        samples.brake.saw(pause)
        samples.brake.saw(nil)
        samples.brake.ended(pause, accepted: Pause(by: "ann", reason: "another"))
        #expect(!samples.brake.isEngaged)
        samples.carry([.invalid], partition: 1)
        #expect(samples.brake.isEngaged && samples.letters == 0)
    }

    @Test("Old mappings that come back end the pause; a replica that never had the new ones does not")
    func back() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .invalid, count: 20))
        let pause = try pause(samples.brake)
        samples.brake.saw(pause)
        var other = BrakeSamples.settled()
        other.brake.saw(pause)
        #expect(other.brake.request == nil && other.brake.isEngaged)
        samples.use(["m": "third"])
        #expect(samples.brake.request == nil)
        samples.use(["m": "old"])
        #expect(samples.brake.request == .release(pause))
        samples.brake.saw(nil)
        samples.brake.ended(pause, accepted: nil)
        samples.carry(Array(repeating: .delivered, count: 10), partition: 1)
        #expect(!samples.brake.isEngaged && samples.brake.unrecorded.isEmpty)
        var restarted = BrakeSamples.settled()
        restarted.use(["m": "old"])
        restarted.brake.saw(pause)
        #expect(restarted.brake.request == .release(pause))
    }

    @Test("A person's pause in between stays the person's; the brake's follows it")
    func person() throws {
        var samples = BrakeSamples.settled()
        samples.use(["m": "new"])
        samples.carry(Array(repeating: .invalid, count: 20))
        samples.brake.saw(Pause(by: "ann", reason: ""))
        #expect(samples.brake.request == nil && samples.brake.isEngaged)
        samples.brake.saw(nil)
        _ = try pause(samples.brake)
    }

    @Test("By dice: from a stop to the end of its pause no letter of the mapping is written, and never 25 before")
    func random() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var samples = BrakeSamples.settled()
            samples.use(["m": "new"])
            let share = Int.random(in: 50...100, using: &random)
            var stopped: Int?
            for _ in 0..<60 {
                let fates = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    Int.random(in: 0..<100, using: &random) < share
                        ? [BrakeSamples.Fate.invalid, .refused].randomElement(using: &random) ?? .invalid : .delivered
                }
                samples.carry(fates, partition: .random(in: 0..<4, using: &random))
                if samples.brake.isEngaged, stopped == nil { stopped = samples.letters }
                if let stopped { #expect(samples.letters == stopped) }
            }
            #expect(samples.brake.isEngaged && samples.letters <= 25, "seed \(seed): \(samples.letters)")
        }
    }
}
