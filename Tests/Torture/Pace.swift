/// The nemesis' own pace: a torture is a course of events in time, and waits where a test would await an event.
enum Pace {
    static func wait(_ time: Duration) async throws { try await ContinuousClock().sleep(for: time) }
}
