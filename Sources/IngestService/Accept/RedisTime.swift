/// A moment by Redis' clock.
package struct RedisTime: Sendable, Comparable {
    static let secondsOfDay = 86_400

    /// Since 1970.
    package var milliseconds: Int

    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    package static func < (one: RedisTime, other: RedisTime) -> Bool { one.milliseconds < other.milliseconds }

    /// Days since 1970.
    package var day: Int { milliseconds / 1000 / Self.secondsOfDay }
}

/// What is known of Redis' clock: how far it is ahead of ours, at least.
///
/// A value: answers with their time go in. A deadline by it never comes later than ours: that Redis told its time before its answer came is all that
/// is assumed.
package struct RedisClock: Sendable {
    private var last: (time: RedisTime, at: ContinuousClock.Instant)?

    package init() {}

    /// Redis has told its time, in an answer that came at this moment.
    package mutating func told(_ time: RedisTime, at instant: ContinuousClock.Instant) { last = (time, instant) }

    /// Another server may answer next: nothing is known any more.
    package mutating func forget() { last = nil }

    /// What Redis' clock shows at a moment of ours, or less; nil when it is not known.
    package func time(at instant: ContinuousClock.Instant) -> RedisTime? {
        guard let last else { return nil }
        let passed = (instant - last.at) / .milliseconds(1)
        return RedisTime(milliseconds: last.time.milliseconds + Int(passed.rounded(.down)))
    }
}
