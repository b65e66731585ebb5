import DequeModule

/// The permits that this replica holds, and when to ask the limiter for more.
///
/// A value: demand, grants and Loops' answers go in, requests to the limiter come out. It asks for little ahead, so that every replica has its turn
/// and little is lost when a permit is not used; at high limits it asks for several at once, so that not every request costs a round trip.
struct Permits: Sendable {
    /// How far ahead permits are held, when more than one interval fits.
    static let ahead = Duration.milliseconds(50)
    /// The most that are held.
    static let most = 64
    /// How long it waits when the limiter could not be asked.
    static let pauseAfterFailure = Duration.milliseconds(250)
    /// How late a permit may be used. The limiter leaves about as much of each second unused; see `permit.lua`.
    static let lateness = Duration.milliseconds(20)
    /// Other clients' use below this is noise, in requests a second.
    private static let leastOthers = 0.5

    /// Whether there is a limit at all.
    let isLimited: Bool
    private var due: Deque<ContinuousClock.Instant> = []
    private var asked: PermitRequest?
    private var askNotBefore: ContinuousClock.Instant?
    private var news = LimiterNews()
    private var foreign = ForeignUse()
    private var interval = Duration.milliseconds(100)
    /// The team's limit and the part of it that is in use, in requests a second; nil before the limiter has answered.
    private(set) var limit: Double?
    private(set) var rate: Double?
    /// What Loops said is left of its window.
    private(set) var remaining: Int?

    init(isLimited: Bool) {
        self.isLimited = isLimited
    }

    /// What to ask of the limiter now, if anything. It must be answered by ``granted(_:now:)`` or ``failed(now:)``.
    /// - Parameter demand: requests that could start if there were permits.
    mutating func request(demand: Int, now: ContinuousClock.Instant) -> PermitRequest? {
        guard isLimited, asked == nil else { return nil }
        if let askNotBefore, now < askNotBefore { return nil }
        let depth = max(1, min(Self.most, Int(Self.ahead / interval)))
        let lack = min(demand, depth) - due.count
        let isWorthIt = lack >= max(1, min(demand, depth) / 2)
        guard isWorthIt || news.isUrgent else { return nil }
        let request = PermitRequest(count: isWorthIt ? lack : 0, news: news)
        asked = request
        news = LimiterNews()
        return request
    }

    /// The limiter has answered. Call it as soon as the answer is there: its delays count from then.
    /// - Returns: how long the first permit has to wait; nil when none was given.
    mutating func granted(_ grant: PermitGrant, now: ContinuousClock.Instant) -> Duration? {
        asked = nil
        askNotBefore = grant.isOthers ? now + Self.pauseAfterFailure : nil
        limit = grant.limit
        rate = grant.rate
        interval = max(grant.interval, .microseconds(1))
        foreign.observe(given: grant.given, now: now)
        for index in 0..<grant.count { due.append(now + grant.delay + grant.interval * index) }
        return grant.count > 0 ? grant.delay : nil
    }

    /// The limiter could not be asked.
    mutating func failed(now: ContinuousClock.Instant) {
        // What it should have been told is told the next time.
        if let told = asked?.news {
            news.limit = news.limit ?? told.limit
            news.others = news.others ?? told.others
            news.refused = news.refused || told.refused
            news.isBack = news.isBack || told.isBack
        }
        asked = nil
        askNotBefore = now + Self.pauseAfterFailure
    }

    /// When there is a permit to use, or asking for one was put off to; nil when only the limiter's answer helps.
    var nextWake: ContinuousClock.Instant? { due.first ?? (asked == nil ? askNotBefore : nil) }

    /// Throws away what is good no more: a request that starts late is too near to the next one.
    /// - Returns: how many.
    mutating func discard(now: ContinuousClock.Instant) -> Int {
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
    /// - Parameter started: when its request was started.
    mutating func observe(limit told: Int?, remaining: Int?, started: ContinuousClock.Instant) {
        guard isLimited else { return }
        if let told, told > 0 { news.limit = told }
        if let remaining {
            self.remaining = remaining
            if let told, let others = foreign.others(used: told - remaining, started: started),
                others >= Self.leastOthers
            {
                news.others = max(news.others ?? 0, others)
            }
        }
    }

    /// Loops refused a request for its rate: what is held is not used, and everybody is told.
    mutating func refused() {
        due = []
        news.refused = true
    }

    /// Loops is back after an outage.
    mutating func isBack() { news.isBack = true }
}
