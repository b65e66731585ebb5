import JSON
import LoopsSimulator
import Testing

@testable import torture

/// The torture's judge against runs with planted violations, without replicas.
@Suite("TortureJudge: each planted violation is found", .tags(.servers))
struct TortureJudgeTests {
    /// Requests as replicas make them.
    private struct Site {
        var simulation: Simulation
        var now: Int64 = 1_000_000_000

        init(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) {
            var configuration = SimulatorConfiguration()
            configuration.limiter.limit = 0
            change(&configuration)
            simulation = Simulation(
                configuration: configuration,
                clock: SimulatedClock(wall: 1_790_000_000_000_000_000, monotonic: now),
                monotonic: now
            )
        }

        mutating func begin(_ number: Int64, replica: String = "r1", isEvent: Bool = false, email: String = "user-1")
            -> Int64
        {
            now += 200_000_000
            var body: JSONObject = ["userId": "user-1", "email": .string(Publication.email(of: email))]
            var headers = [
                (name: "authorization", value: "Bearer \(TeamSeed.defaultKey)"), (name: "user-agent", value: replica),
            ]
            if isEvent {
                body["eventName"] = "E"
                body["eventProperties"] = ["seq": .int(number)]
                headers.append(("idempotency-key", "k\(number)"))
            } else {
                body["seq"] = .int(number)
            }
            let head = RequestHead(
                method: isEvent ? "POST" : "PUT",
                target: isEvent ? "/v1/events/send" : "/v1/contacts/update",
                headers: headers
            )
            let (sequence, _) = simulation.arrive(head, monotonic: now)
            _ = simulation.receive(sequence, body: JSONValue.object(body).serialized(), monotonic: now)
            return sequence
        }

        mutating func end(_ sequence: Int64, _ ending: JournalEntry.Ending = .answered) {
            now += 1_000_000
            _ = simulation.end(sequence, ending, monotonic: now)
        }

        mutating func send(_ number: Int64, replica: String = "r1", isEvent: Bool = false, email: String = "user-1") {
            end(begin(number, replica: replica, isEvent: isEvent, email: email))
        }

        /// The failed checks of a run in which these events were published.
        func failures(_ count: Int64, letters: Set<String> = []) -> [String] {
            var report = TortureReport(seed: 1)
            let items = (1...count).map { Publication.Item(contact: 1, sequence: $0, isGood: true) }
            TortureJudge(evidence: EffectJudge(simulation), items: items, partitions: 16, letters: letters).judge(
                into: &report
            )
            return report.failures.map(\.name)
        }
    }

    private func slow(_ fault: FaultAction? = nil) -> Site {
        Site {
            $0.idempotency.burnOn = .anyResponse
            $0.faults = [FaultRule("slow", .delay(.fixed(milliseconds: 50), .beforeCommit), remaining: 1)]
            if let fault { $0.faults.append(FaultRule("fault", fault, remaining: 1)) }
        }
    }

    @Test("A clean run passes, also with a replay that passes over its events")
    func clean() {
        var site = Site()
        for number: Int64 in 1...4 { site.send(number, isEvent: number == 2) }
        for number: Int64 in 1...4 { site.send(number, replica: "r2", isEvent: number == 2) }
        #expect(site.failures(4).isEmpty)
    }

    @Test("Loss, order, repetition, two at once, another contact")
    func plain() {
        var site = Site()
        for number: Int64 in [1, 3] { site.send(number) }
        #expect(site.failures(3) == ["events lost"])
        #expect(site.failures(3, letters: ["user-1-2"]).isEmpty)

        site = Site()
        for number: Int64 in [2, 1] { site.send(number) }
        #expect(site.failures(2) == ["contacts out of order"])

        site = Site()
        for number: Int64 in [1, 2, 1] { site.send(number) }
        #expect(site.failures(2) == ["contacts out of order"], "the replay stops too early")

        site = Site()
        site.send(1, isEvent: true)
        site.simulation.clock.advance(nanoseconds: 25 * 3_600 * 1_000_000_000)
        site.send(1, isEvent: true)
        #expect(site.failures(1) == ["events applied twice"])

        site = Site()
        let first = site.begin(1)
        site.send(2)
        site.end(first)
        #expect(site.failures(2) == ["requests before the contact's last ended"])

        site = Site()
        site.send(1)
        site.send(2, email: "user-2")
        #expect(site.failures(2) == ["events applied to another contact"])
    }

    @Test("The order is that of the commits: what takes effect after its client has left counts when it does")
    func late() {
        for replica in ["r1", "r2"] {
            var site = slow()
            let first = site.begin(1)
            site.end(first, .clientLeft)
            site.send(1)
            site.send(2, replica: replica)
            _ = site.simulation.proceed(first, monotonic: site.now)
            // By another replica: nobody could know. docs/explanation/guarantees.md says so, and the report counts it.
            #expect(site.failures(2) == (replica == "r1" ? ["contacts out of order"] : []))
        }
        // It was given up, and the next one went on while it was still open.
        var site = slow()
        let first = site.begin(1)
        site.send(2)
        // Not just noticed late.
        site.now += 300_000_000
        site.end(first, .clientLeft)
        #expect(site.failures(2).contains("requests before the contact's last ended"))
    }

    @Test("A 409 is a success only with an effect behind its key")
    func hollow() {
        // The key is in flight, and its request is given up and never applied.
        var site = slow(.stall(.beforeCommit))
        let first = site.begin(1, isEvent: true)
        _ = site.simulation.proceed(first, monotonic: site.now)
        site.send(1, isEvent: true)
        site.end(first, .clientLeft)
        #expect(Set(site.failures(1)) == ["events lost", "409 without an effect, and no dead letter"])
        #expect(site.failures(1, letters: ["user-1-1"]).isEmpty)

        // A failed request used the key up: told apart, and counted.
        site = slow(.respond(status: 500, .empty, .beforeCommit))
        let failed = site.begin(1, isEvent: true)
        _ = site.simulation.proceed(failed, monotonic: site.now)
        site.end(failed)
        site.send(1, isEvent: true)
        #expect(site.failures(1).isEmpty)
    }
}
