import Support

/// One team's rate limit, as one of the kinds that Loops may be using. A value: time comes in with each call.
package struct RateLimiterModel: Sendable {
    package struct Decision: Sendable, Equatable {
        package let isAllowed: Bool
        /// For `x-ratelimit-remaining`.
        package let remaining: Int
    }

    static let second: Int64 = 1_000_000_000

    package private(set) var configuration: RateLimiterConfiguration
    private var window: RateLimiterWindow
    private var random: SplitMix64
    private var nextForeign: Int64?

    package init(configuration: RateLimiterConfiguration, seed: UInt64) {
        self.configuration = configuration
        random = SplitMix64(seed: seed)
        window = RateLimiterWindow(configuration: configuration)
    }

    /// Decides on a request at `now`, nanoseconds that never go back.
    package mutating func admit(now: Int64) -> Decision {
        guard configuration.limit > 0 else {
            return Decision(isAllowed: true, remaining: Int(Int32.max))
        }
        let kept = Int64(2) * RateLimiterModel.second
        if configuration.foreignLoad > 0 {
            let gap = max(1, RateLimiterModel.second / Int64(configuration.foreignLoad))
            var next = max(nextForeign ?? now, now - kept)
            while next <= now {
                _ = window.admit(now: next, configuration: configuration, random: &random)
                next += gap
            }
            nextForeign = next
        }
        let isAllowed = window.admit(now: now, configuration: configuration, random: &random)
        return Decision(isAllowed: isAllowed, remaining: window.remaining(now: now, configuration: configuration))
    }

    /// What the headers say of an answer that was not counted.
    package func remaining(now: Int64) -> Int {
        guard configuration.limit > 0 else { return Int(Int32.max) }
        return window.remaining(now: now, configuration: configuration)
    }
}

/// The memory of a rate limiter: one shape for each kind.
enum RateLimiterWindow: Sendable {
    struct Fixed: Sendable {
        var start: Int64?
        var end: Int64 = 0
        var count = 0
    }

    /// The newest `limit` requests that count; the limit-th newest decides.
    struct Log: Sendable {
        var times: [Int64] = []
        var head = 0
    }

    struct Counter: Sendable {
        var index: Int64?
        var previous = 0
        var current = 0
    }

    struct Bucket: Sendable {
        /// In nanoseconds of refill: one token is `second / limit` of them.
        var filled: Int64?
        var at: Int64 = 0
    }

    case fixed(Fixed)
    case log(Log)
    case counter(Counter)
    case bucket(Bucket)

    init(configuration: RateLimiterConfiguration) {
        switch configuration.kind {
        case .fixedAligned, .fixedFirst: self = .fixed(Fixed())
        case .slidingLog: self = .log(Log())
        case .slidingCounter: self = .counter(Counter())
        case .tokenBucket: self = .bucket(Bucket())
        }
    }

    mutating func admit(now: Int64, configuration: RateLimiterConfiguration, random: inout SplitMix64) -> Bool {
        switch self {
        case .fixed(var fixed):
            let allowed = fixed.admit(now: now, configuration: configuration, random: &random)
            self = .fixed(fixed)
            return allowed
        case .log(var log):
            self = .log(Log())
            let allowed = log.admit(now: now, configuration: configuration)
            self = .log(log)
            return allowed
        case .counter(var counter):
            let allowed = counter.admit(now: now, configuration: configuration)
            self = .counter(counter)
            return allowed
        case .bucket(var bucket):
            let allowed = bucket.admit(now: now, configuration: configuration)
            self = .bucket(bucket)
            return allowed
        }
    }

    func remaining(now: Int64, configuration: RateLimiterConfiguration) -> Int {
        let left =
            switch self {
            case .fixed(let fixed): now < fixed.end ? configuration.limit - fixed.count : configuration.limit
            case .log(let log): configuration.limit - log.used(now: now)
            case .counter(let counter): configuration.limit - counter.used(now: now)
            case .bucket(let bucket): bucket.tokens(now: now, configuration: configuration)
            }
        return max(0, left)
    }
}

extension RateLimiterWindow.Fixed {
    mutating func admit(now: Int64, configuration: RateLimiterConfiguration, random: inout SplitMix64) -> Bool {
        if start == nil || now >= end {
            let begin =
                configuration.kind == .fixedAligned ? now - now % RateLimiterModel.second : now
            start = begin
            end = begin + RateLimiterModel.second + jitter(configuration, &random)
            count = 0
        }
        let allowed = count < configuration.limit
        if allowed || configuration.countRejected { count += 1 }
        return allowed
    }

    private func jitter(_ configuration: RateLimiterConfiguration, _ random: inout SplitMix64) -> Int64 {
        guard configuration.windowJitterMilliseconds > 0 else { return 0 }
        return Int64.random(in: 0...Int64(configuration.windowJitterMilliseconds), using: &random) * 1_000_000
    }
}

extension RateLimiterWindow.Log {
    mutating func admit(now: Int64, configuration: RateLimiterConfiguration) -> Bool {
        let allowed = times.count < configuration.limit || times[head] <= now - RateLimiterModel.second
        if allowed || configuration.countRejected {
            if times.count < configuration.limit {
                times.append(now)
            } else {
                times[head] = now
                head = (head + 1) % times.count
            }
        }
        return allowed
    }

    func used(now: Int64) -> Int {
        // The ring is in the order of time from its head on: the first one in view is found by halving.
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[(head + middle) % times.count] > now - RateLimiterModel.second {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return times.count - low
    }
}

extension RateLimiterWindow.Counter {
    mutating func admit(now: Int64, configuration: RateLimiterConfiguration) -> Bool {
        let window = now / RateLimiterModel.second
        if index != window {
            previous = index == window - 1 ? current : 0
            current = 0
            index = window
        }
        let allowed = used(now: now) < configuration.limit
        if allowed || configuration.countRejected { current += 1 }
        return allowed
    }

    /// The older window counts with the share of it that is still in view, rounded down as the usual implementations do.
    func used(now: Int64) -> Int {
        let window = now / RateLimiterModel.second
        let inView = 1 - Double(now % RateLimiterModel.second) / Double(RateLimiterModel.second)
        if index == window { return Int(Double(previous) * inView) + current }
        if index == window - 1 { return Int(Double(current) * inView) }
        return 0
    }
}

extension RateLimiterWindow.Bucket {
    mutating func admit(now: Int64, configuration: RateLimiterConfiguration) -> Bool {
        let token = configuration.tokenNanoseconds
        let content = level(now: now, configuration: configuration)
        let allowed = content >= token
        filled = allowed || configuration.countRejected ? max(0, content - token) : content
        at = now
        return allowed
    }

    func tokens(now: Int64, configuration: RateLimiterConfiguration) -> Int {
        Int(level(now: now, configuration: configuration) / configuration.tokenNanoseconds)
    }

    private func level(now: Int64, configuration: RateLimiterConfiguration) -> Int64 {
        let capacity = configuration.bucketCapacity > 0 ? configuration.bucketCapacity : configuration.limit
        let full = Int64(capacity) * configuration.tokenNanoseconds
        guard let filled else { return full }
        return min(full, filled + max(0, now - at))
    }
}

extension RateLimiterConfiguration {
    /// The time in which one token of the bucket comes back.
    fileprivate var tokenNanoseconds: Int64 { max(1, RateLimiterModel.second / Int64(limit)) }
}
