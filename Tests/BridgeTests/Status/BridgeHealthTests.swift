import Testing

@testable import Bridge

@Suite("The state in one glance")
struct BridgeHealthTests {
    /// A bridge of two streams that is well.
    private func status(_ change: (inout BridgeStatus) -> Void = { _ in }) -> BridgeStatus {
        let state = DeliveryState(isLimited: false, maxInFlight: 4, retry: RetryPolicy())
        var status = BridgeStatus(
            instance: "i",
            group: "g",
            redisConnected: true,
            isResting: false,
            delivery: DeliverySnapshot(state, now: .now),
            streams: [StreamStatus(name: "a", partitions: 8), StreamStatus(name: "b", partitions: 8)],
            ends: EndCounts(),
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
        for (hold, word) in [("unauthorized", "API key"), ("outage", "does not answer"), ("throttled", "rate limit")] {
            let health = status { $0.delivery.hold = hold }.health
            #expect(health.state == .holding && health.reasons.count == 1 && health.reasons[0].contains(word))
        }
        let health = status { status in for index in 0..<2 { status.streams[index].fault = "gone" } }.health
        #expect(health.state == .holding && health.reasons == ["a: gone", "b: gone"])
    }

    @Test("One stream of two: degraded, also when it was paused")
    func degraded() {
        let changes: [(inout BridgeStatus) -> Void] = [
            { $0.streams[1].fault = "gone" }, { $0.streams[1].unowned = 3 },
            { $0.streams[1].lossIn = .seconds(60) }, { $0.streams[1].pause = Pause(by: "ann", reason: "import") },
        ]
        for change in changes {
            let health = status(change).health
            #expect(health.state == .degraded && health.reasons.count == 1 && health.reasons[0].hasPrefix("b"))
        }
        #expect(status { $0.streams[1].lossIn = .seconds(7200) }.health.state == .healthy)
    }

    @Test("All streams paused, or this replica drained: paused, with who and why")
    func paused() {
        let health = status { status in
            for index in 0..<2 { status.streams[index].pause = Pause(by: "ann", reason: "import") }
        }.health
        #expect(health.state == .paused && health.reasons[0] == "a was paused by ann: import")
        #expect(status { $0.isResting = true }.health.state == .paused)
    }

    @Test("A stop comes before all else")
    func stopping() {
        let health = status { status in
            status.delivery.isDraining = true
            status.redisConnected = false
        }.health
        #expect(health.state == .stopping && health.reasons.count == 2)
    }

    @Test("What is unknown of one stream is unknown of all, and nothing waiting is not unknown")
    func backlog() {
        let known = status { status in
            for index in 0..<2 {
                (status.streams[index].lag, status.streams[index].pending) = (30, 10 * index)
                (status.streams[index].oldestUnackedSeconds, status.streams[index].endsPerSecond) = (5, 2.5)
            }
            status.streams[0].lag = 0
        }
        #expect(known.backlog.waiting == 40 && known.backlog.oldestSeconds == 5)
        #expect(known.backlog.endsPerSecond == 5 && known.backlog.drainSeconds == 8)
        var other = known
        other.streams[0].lag = nil
        #expect(other.backlog.waiting == nil && other.backlog.drainSeconds == nil && other.backlog.oldestSeconds == nil)
        // Entries wait that nobody has routed: how old the oldest is, Redis was not asked.
        other = known
        (other.streams[1].pending, other.streams[1].oldestUnackedSeconds) = (0, 0)
        #expect(other.backlog.oldestSeconds == nil)
    }
}
