import Segment
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("The state in one glance")
struct BridgeHealthTests {
    /// A bridge of two streams that is well.
    private func status(_ change: (inout BridgeStatus) -> Void = { _ in }) -> BridgeStatus {
        let state = DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy())
        var status = BridgeStatus(
            instance: "i",
            group: "g",
            redisConnected: true,
            loopsAddress: "https://l/api",
            isDrained: false,
            delivery: DeliverySnapshot(state, now: .now),
            streams: [StreamStatus(name: "a", partitions: 8), StreamStatus(name: "b", partitions: 8)],
            ends: CompletionCounts(),
            activity: Activity(streams: ["a", "b"]).snapshot
        )
        change(&status)
        return status
    }

    @Test("Nothing wrong: healthy, and no words")
    func healthy() {
        #expect(status().health.state == .healthy && status().health.reasons.isEmpty)
    }

    @Test("What stops everything holds, and says what it is")
    func holding() {
        #expect(status { $0.redisConnected = false }.health.reasons == ["there is no connection to Redis"])
        for (hold, word) in [
            ("unauthorized", "API key"), ("outage", "does not answer"), ("wrongAddress", "is not at https://l/api: "),
        ] {
            let health = status { $0.delivery.hold = hold }.health
            #expect(health.state == .blocked && health.reasons.count == 1 && health.reasons[0].contains(word))
        }
        let health = status { status in for index in 0..<2 { status.streams[index].fault = "gone" } }.health
        #expect(health.state == .blocked && health.reasons == ["a: gone", "b: gone"])
    }

    @Test("One stream of two: degraded, also when it was paused")
    func degraded() {
        let changes: [(inout BridgeStatus) -> Void] = [
            { $0.streams[1].fault = "gone" }, { $0.streams[1].unassigned = 3 },
            { $0.streams[1].timeUntilLoss = .seconds(60) },
            { $0.streams[1].pause = Pause(by: "ann", reason: "import") },
            { $0.streams[1].lost = 2 },
        ]
        for change in changes {
            let health = status(change).health
            #expect(health.state == .degraded && health.reasons.count == 1 && health.reasons[0].hasPrefix("b"))
        }
        #expect(status { $0.streams[1].timeUntilLoss = .seconds(7200) }.health.state == .healthy)
    }

    @Test("Too many events that are none of Segment's: degraded, with what they look like and an example")
    func unrecognized() {
        let found = UnrecognizedEvents(events: 100, unrecognized: 12, look: .changeData, example: "s 1-0")
        let health = status { $0.unrecognized = found }.health
        #expect(health.state == .degraded && health.reasons.count == 1)
        #expect(["12 of the last 100", "s 1-0", "change-data"].allSatisfy { health.reasons[0].contains($0) })
    }

    @Test("A refusal for the rate slows and holds nothing: degraded, with the pace where it is known")
    func throttled() {
        let refusal = "Loops reported that the team exceeded its rate limit"
        let unknown = status { $0.delivery.hold = "throttled" }.health
        #expect(unknown.state == .degraded && unknown.reasons == [refusal])
        let known = status { status in
            (status.delivery.hold, status.delivery.limit, status.delivery.pace) = ("throttled", 10, 9.31)
        }.health
        #expect(known.state == .degraded && known.reasons == ["slowed to 9.3/s: \(refusal)"])
    }

    @Test(
        "Less than half of the limit is degraded, while anything wants to start: of an idle bridge the pace may be old"
    )
    func slowed() {
        func health(pace: Double?, contacts: Int = 3, blocked: Int = 1) -> BridgeHealth {
            status { status in
                (status.delivery.limit, status.delivery.pace) = (10, pace)
                (status.delivery.contacts, status.delivery.contactsInBackoff) = (contacts, blocked)
            }.health
        }
        #expect(health(pace: 4.5).reasons == ["slowed to 4.5/s of 10/s"] && health(pace: 4.5).state == .degraded)
        #expect(health(pace: 5).state == .healthy && health(pace: nil).state == .healthy)
        #expect(health(pace: 1, contacts: 0, blocked: 0).state == .healthy)
        #expect(health(pace: 1, contacts: 2, blocked: 2).state == .healthy)
    }

    @Test("Dead letters that cannot be written and figures that are unknown are told, and nothing is healthy with them")
    func unwritable() {
        let health = status { status in
            (status.streams[0].letterProblem, status.streams[1].figuresProblem) = ("WRONGTYPE", "NOPERM")
        }.health
        #expect(health.state == .degraded)
        #expect(
            health.reasons == [
                "a: dead letters cannot be written, and what should be one stays pending: WRONGTYPE",
                "b: its figures are unknown: NOPERM",
            ]
        )
    }

    @Test("What ended out of order is told")
    func outOfOrder() {
        let health = status { $0.streams[0].outOfOrder = 2 }.health
        #expect(health.state == .degraded)
        #expect(health.reasons == ["a: 2 entries ended after a later one of the same contact: out of order"])
    }

    @Test("What left after its lease had ended is told")
    func sentLate() {
        let health = status { $0.streams[0].sentLate = 1 }.health
        #expect(health.state == .degraded)
        #expect(health.reasons == ["a: 1 request left after the lease had ended: contacts may be out of order"])
    }

    @Test("Without a majority of the sentinels it holds, or goes on, as it was told to; both are said")
    func sentinels() {
        func health(_ doubt: PrimaryDoubt) -> BridgeHealth {
            status { $0.streams[0].primaryDoubt = doubt }.health
        }
        let required = health(.noMajority(.required))
        #expect(required.state == .blocked && required.reasons[0].contains("redis.quorum"))
        let preferred = health(.noMajority(.preferred))
        #expect(preferred.state == .degraded && preferred.reasons[0].contains("two replicas may deliver"))
        let other = health(.otherPrimary)
        #expect(other.state == .blocked && other.reasons[0].contains("another primary"))
    }

    @Test("What is lost, and mappings that were refused, are told")
    func losses() {
        let health = status { status in
            (status.streams[0].lost, status.streams[1].lost, status.mappingsRefused) = (1, 12, true)
        }.health
        #expect(health.state == .degraded)
        #expect(
            health.reasons == [
                "a: 1 entry was trimmed before it was delivered: lost",
                "b: 12 entries were trimmed before they were delivered: lost",
                "the mappings file was refused: the mappings from before are in force",
            ]
        )
    }

    @Test("All streams paused, or this replica drained: paused, with who, since when and why")
    func paused() {
        let pause = Pause(since: 1_795_536_000_123, by: "ann", reason: "import")
        let health = status { status in for index in 0..<2 { status.streams[index].pause = pause } }.health
        #expect(health.state == .paused && health.reasons[0] == "a was paused by ann at 2026-11-24T16:00:00Z: import")
        let odd = status { $0.streams[0].pause = Pause(since: 0, by: "", reason: "") }.health
        #expect(odd.reasons == ["a was paused by somebody"], "what is unknown is left out")
        #expect(status { $0.isDrained = true }.health.state == .paused)
    }

    @Test("A stop comes before all else")
    func stopping() {
        let health = status { status in
            status.delivery.isDraining = true
            status.redisConnected = false
        }.health
        #expect(health.state == .shuttingDown && health.reasons.count == 2)
    }

    @Test("What is unknown of one stream is unknown of all, and nothing waiting is not unknown")
    func backlog() {
        let known = status { status in
            for index in 0..<2 {
                (status.streams[index].lag, status.streams[index].pending) = (30, 10 * index)
                (status.streams[index].oldestUnackedSeconds, status.streams[index].completionsPerSecond) = (5, 2.5)
                status.streams[index].drainPace = 2.5
            }
            status.streams[0].lag = 0
        }
        #expect(known.backlog.waiting == 40 && known.backlog.oldestSeconds == 5)
        #expect(
            known.backlog.completionsPerSecond == 5 && known.backlog.drainSeconds == 16,
            "the first has nothing to drain"
        )
        var other = known
        other.streams[0].lag = nil
        #expect(other.backlog.waiting == nil && other.backlog.drainSeconds == nil && other.backlog.oldestSeconds == nil)
        // Entries wait that nobody has routed: how old the oldest is, Redis was not asked.
        other = known
        (other.streams[1].pending, other.streams[1].oldestUnackedSeconds) = (0, 0)
        #expect(other.backlog.oldestSeconds == nil)
    }
}
