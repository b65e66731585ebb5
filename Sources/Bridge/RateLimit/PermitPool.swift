import DequeModule
import StreamGroups

/// The permits that this replica holds, and when to ask the limiter for more.
///
/// A value: demand, grants and Loops' answers go in, requests to the limiter come out. It asks for little ahead, so that every replica has its turn
/// and little is lost when a permit is not used; at high limits it asks for several at once, so that not every request costs a round trip.
struct PermitPool: Sendable {
    /// How far ahead permits are held, when more than one interval fits.
    static let ahead = Duration.milliseconds(50)
    /// The most that are held.
    static let most = AcquirePermitsScript.mostPermits
    /// How long it waits when the limiter could not be asked.
    static let pauseAfterFailure = Duration.milliseconds(250)
    /// How late a permit may be used. The limiter leaves about as much of each second unused; see `acquire_permits.lua`.
    static let lateness = Duration.milliseconds(20)
    /// How often the limiter is told of this replica's configured limit at least, so that it goes on to hold for the others.
    static let capTold = Duration.seconds(20)
    /// Asking again for a permit that is far ahead is worth it so long before its instant.
    private static let early = Duration.milliseconds(150)
    private static let leastWait = Duration.milliseconds(20)

    /// Whether there is a limit at all.
    let isLimited: Bool
    private var due: Deque<ContinuousClock.Instant> = []
    private let hasCap: Bool
    private var asked: PermitRequest?
    private var askedAt: ContinuousClock.Instant?
    /// Before this instant no permits are asked for.
    private var askNotBefore: ContinuousClock.Instant?
    /// Before this instant the limiter is not talked to at all: it could not be reached.
    private var silentUntil: ContinuousClock.Instant?
    private var news = LimiterNews()
    private var interval = Duration.milliseconds(100)
    /// The team's limit and the part of it that is in use, in requests a second; nil before the limiter has answered.
    private(set) var limit: Double?
    private(set) var rate: Double?
    /// What Loops said is left of its window.
    private(set) var remaining: Int?
    /// The lowest limit that a replica is configured with.
    private(set) var lowestCap: Double?

    /// - Parameter hasCap: whether this replica is configured with a limit.
    init(isLimited: Bool, hasCap: Bool = false) {
        (self.isLimited, self.hasCap) = (isLimited, hasCap)
    }

    /// Whether the limiter has to hear of this replica's configured limit again.
    func isCapOld(now: ContinuousClock.Instant) -> Bool {
        isLimited && hasCap && asked == nil && askedAt.map { now - $0 >= Self.capTold } ?? true
    }

    /// What to ask of the limiter now, if anything. It must be answered by ``granted(_:now:)`` or ``failed(now:)``.
    /// - Parameter demand: requests that could start if there were permits.
    mutating func request(demand: Int, now: ContinuousClock.Instant) -> PermitRequest? {
        guard isLimited, asked == nil else { return nil }
        if let silentUntil, now < silentUntil { return nil }
        silentUntil = nil
        let depth = max(1, min(Self.most, Int(Self.ahead / interval)))
        let lack = min(demand, depth) - due.count
        let isTime = askNotBefore.map { $0 <= now } ?? true
        let isWorthIt = isTime && lack >= max(1, min(demand, depth) / 2)
        guard isWorthIt || news.isUrgent || isCapOld(now: now) else { return nil }
        var request = PermitRequest(count: isWorthIt ? lack : 0, news: news)
        request.sinceLast = askedAt.map { now - $0 }
        asked = request
        askedAt = now
        news = LimiterNews()
        return request
    }

    /// The limiter has answered. Call it as soon as the answer is there: its delays count from then.
    /// - Returns: how long the first permit has to wait; nil when none was given.
    mutating func granted(_ grant: PermitGrant, now: ContinuousClock.Instant) -> Duration? {
        let wanted = asked?.count ?? 0
        asked = nil
        if grant.isFenced {
            askNotBefore = now + Self.pauseAfterFailure
        } else if grant.count > 0 {
            askNotBefore = nil
        } else if wanted > 0 {
            // It is too far ahead: other replicas hold the next ones, or everybody waits.
            askNotBefore = now + max(Self.leastWait, grant.delay - Self.early)
        }
        limit = grant.limit
        rate = grant.rate
        lowestCap = grant.lowestCap
        interval = max(grant.interval, .microseconds(1))
        for index in 0..<grant.count { due.append(now + grant.delay + grant.interval * index) }
        return grant.count > 0 ? grant.delay : nil
    }

    /// The limiter could not be asked.
    mutating func failed(now: ContinuousClock.Instant) {
        // What it should have been told is told the next time.
        if let told = asked?.news { news.merge(earlier: told) }
        asked = nil
        silentUntil = now + Self.pauseAfterFailure
    }

    /// When there is a permit to use, or asking for one was put off to; nil when only the limiter's answer helps.
    var nextWake: ContinuousClock.Instant? {
        due.first ?? (asked == nil ? [askNotBefore, silentUntil].compactMap(\.self).max() : nil)
    }

    /// Throws away what is good no more: a request that starts late is too near to the next one.
    /// - Returns: how many.
    mutating func discardExpired(now: ContinuousClock.Instant) -> Int {
        var count = 0
        while let first = due.first, now - first > Self.lateness {
            due.removeFirst()
            count += 1
        }
        return count
    }

    /// Whether a request may start now.
    func isDue(now: ContinuousClock.Instant) -> Bool { !isLimited || due.first.map { $0 <= now } ?? false }

    /// Uses a permit. Only when ``isDue(now:)``.
    mutating func take() { if isLimited { _ = due.popFirst() } }

    /// Takes what an answer of Loops says of the limit.
    mutating func observe(limit told: Int?, remaining: Int?) {
        guard isLimited else { return }
        if let told, told > 0 { news.limit = told }
        if let remaining {
            self.remaining = remaining
            news.left = min(news.left ?? remaining, remaining)
        }
    }

    /// Loops refused a request for its rate: what is held is not used, and everybody is told.
    /// - Parameter retryAfter: how long Loops asks to wait.
    mutating func refused(retryAfter: Duration? = nil) {
        due = []
        news.refused = true
        news.retryAfter = [news.retryAfter, retryAfter].compactMap(\.self).max()
    }

    /// Loops is back after an outage.
    mutating func isBack() { news.isBack = true }
}
