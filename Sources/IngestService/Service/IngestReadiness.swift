import Bridge

/// What has to be well, so that events may be sent here rather than elsewhere.
enum IngestReadiness {
    /// How long a call of Redis may be the last one that succeeded: one a second is made at least.
    private static let patience = Duration.seconds(5)

    static func checks(
        _ health: IngestHealth,
        _ streams: [(stream: String, snapshot: StreamIntake.Snapshot)],
        now: ContinuousClock.Instant = .now
    ) -> [ReadinessCheck] {
        let isUp = health.isStopping ? "it is shutting down" : health.isPrepared ? nil : "it waits for Redis"
        return [ReadinessCheck(name: "intake", problem: isUp)]
            + streams.map { stream, snapshot in
                ReadinessCheck(name: "stream \(stream)", problem: problem(snapshot, now))
            }
    }

    private static func problem(_ snapshot: StreamIntake.Snapshot, _ now: ContinuousClock.Instant) -> String? {
        if let failure = snapshot.failure { return "\(failure)" }
        guard let last = snapshot.succeededAt else { return "no event can be added yet" }
        return now - last > patience ? "Redis has not answered for \(Int((now - last) / .seconds(1))) s" : nil
    }
}
