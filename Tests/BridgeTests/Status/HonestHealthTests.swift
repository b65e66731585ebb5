import Testing

@testable import Bridge
@testable import StreamGroups

@Suite("Whatever waits, the state says why")
struct HonestHealthTests {
    private func health(_ change: (inout BridgeStatus) -> Void = { _ in }) -> BridgeHealth {
        BridgeStatus.sample(change).health
    }

    @Test("A process that has never reached Loops is not healthy, and names the cause once it is known")
    func unreached() {
        let asked = health { $0.delivery.isUnreached = true }
        #expect(asked.state == .degraded && asked.reasons == ["Loops was not reached yet since this process began"])
        let failed = health { status in
            (status.delivery.isUnreached, status.delivery.failure) = (true, "l:443: Permission denied")
        }
        #expect(failed.state == .blocked)
        #expect(failed.reasons == ["Loops was not reached since this process began: l:443: Permission denied"])
        let later = health { ($0.delivery.hold, $0.delivery.failure) = ("outage", "no whole answer in time") }
        #expect(later.reasons == ["Loops does not answer; single probes go out: no whole answer in time"])
    }

    @Test("What the limiter and Redis say is a reason")
    func redis() {
        let limiter = health { $0.delivery.limiterFailure = "EVALSHA: Redis answered NOPERM" }
        #expect(limiter.state == .blocked && limiter.reasons[0].contains("EVALSHA: Redis answered NOPERM"))
        let away = health { status in
            (status.redisConnected, status.redisProblem) = (false, "r:6379: Connection refused")
            status.delivery.limiterFailure = "no connection"
        }
        #expect(away.reasons == ["there is no connection to Redis: r:6379: Connection refused"], "and not twice")
        let form = health { $0.redisAdvice = "set redis.url to redis+cluster://r:6379" }
        #expect(form.state == .degraded && form.reasons == ["set redis.url to redis+cluster://r:6379"])
    }

    @Test("A shared pause is no slowness: nothing goes out")
    func pause() {
        let pausing = health { ($0.delivery.hold, $0.delivery.limit, $0.delivery.pace) = ("throttled", 10, 0) }
        #expect(pausing.state == .degraded)
        #expect(pausing.reasons == ["all replicas pause: Loops reported that the team exceeded its rate limit"])
    }

    @Test("Many dead letters are degraded, with the figure and the reason; few of many are not")
    func deadLetters() throws {
        let detail = "Loops refused the request (400): Invalid email"
        func health(_ letters: Int, of ends: Int) -> BridgeHealth {
            self.health { status in
                (status.activity.recentDeadLetters, status.activity.recentEnds) = (letters, ends)
                status.activity.failures = [
                    RecentFailure(
                        kind: .deadLetter,
                        reason: "refused",
                        stream: "a",
                        contact: nil,
                        status: 400,
                        detail: detail,
                        at: 0
                    )
                ]
            }
        }
        let many = health(60, of: 100)
        #expect(many.state == .degraded)
        let reason = try #require(many.reasons.first)
        #expect(reason.hasPrefix("60 of the last 5 minutes' 100 events (60 %) were dead-lettered"))
        // Not in the words of Loops: they may say who it was.
        #expect(reason.hasSuffix("; the last one as refused, status 400"))
        #expect(health(4, of: 100).state == .degraded && health(1, of: 1).state == .degraded)
        #expect(health(3, of: 100).state == .healthy && health(2, of: 40).state == .healthy)
        #expect(health(0, of: 0).state == .healthy)
    }

    @Test("Nothing came to its end for ten seconds, and nothing else is wrong: the state still has words for it")
    func still() {
        func reason(_ change: @escaping (inout BridgeStatus) -> Void) -> String {
            let health = health { status in
                status.delivery.stillSeconds = 10
                change(&status)
            }
            #expect(health.state == .degraded && health.reasons.count == 1)
            return health.reasons.first ?? ""
        }
        #expect(health { $0.delivery.stillSeconds = 9.9 }.state == .healthy)
        #expect(reason { _ in }.contains("nothing came to its end for more than 10 s"))
        #expect(reason { $0.delivery.inFlight = 2 }.contains("wait for Loops' answer"))
        #expect(reason { $0.delivery.parkedContacts = 2 }.contains("leases"))
        let retried = reason { status in
            (status.delivery.contacts, status.delivery.contactsInBackoff) = (2, 2)
            status.activity.failures = [
                RecentFailure(
                    kind: .retry,
                    reason: "serverError",
                    stream: "a",
                    contact: "c",
                    status: 500,
                    detail: "jane@example.com is unknown",
                    at: 0
                )
            ]
        }
        // Not in the words of Loops, which whoever sees the port would read.
        #expect(retried.contains("another try") && retried.hasSuffix("by serverError, status 500"))
        let known = health { ($0.delivery.stillSeconds, $0.mappingsRefused) = (60, true) }
        #expect(known.reasons.count == 1, "one reason is enough")
    }

    @Test("Events that wait where this replica has none of them are told of too")
    func elsewhere() {
        let others = health { $0.streams[0].stillSeconds = 12 }
        #expect(others.state == .degraded && others.reasons[0].hasPrefix("a: events wait at other replicas"))
        let acks = health { status in
            (status.streams[0].stillSeconds, status.streams[0].unconfirmedAcks) = (12, 3)
        }
        #expect(acks.reasons[0].contains("acknowledgement"))
    }

    @Test("A held or paused stream has no time to drain, however fast it was")
    func drain() {
        func drain(_ change: (inout StreamStatus) -> Void) -> Double? {
            var stream = StreamStatus(name: "a", partitions: 8)
            (stream.lag, stream.pending, stream.drainPace) = (100, 0, 10)
            change(&stream)
            return Backlog([stream]).drainSeconds
        }
        #expect(drain { _ in } == 10)
        #expect(drain { $0.isHeld = true } == nil)
        #expect(drain { $0.pause = Pause(by: "ann", reason: "") } == nil)
        #expect(drain { $0.drainPace = nil } == nil)
        #expect(drain { ($0.lag, $0.drainPace) = (0, nil) } == 0)
    }

    @Test("Dead letters and ends are counted over five minutes, in a bounded list")
    func share() {
        let origin = ContinuousClock.now
        var share = DeadLetterShare(origin: origin)
        for second in 0..<1000 { share.count(ends: 2, letters: 1, now: origin + .seconds(second)) }
        let recent = share.recent(now: origin + .seconds(999))
        #expect((580...600).contains(recent.ends) && recent.letters * 2 == recent.ends)
        #expect(share.recent(now: origin + .seconds(2000)) == (0, 0))
    }
}
