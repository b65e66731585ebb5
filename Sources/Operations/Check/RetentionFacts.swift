import RedisStreams

/// Whether a stream only ever grows. No I/O.
struct RetentionFacts: Sendable, Equatable {
    let stream: String
    let info: StreamInfo?
    /// Whether the bridge trims what is finished (`bridge.trimFinishedAfter`).
    let trimsFinished: Bool

    /// nil when something trims it, or nothing can be said: before its first entry, and on Redis before 7.
    var result: CheckResult? {
        guard !trimsFinished, let info, let added = info.entriesAdded, info.length > 0, added <= info.length else {
            return nil
        }
        return CheckResult(
            .warning,
            stream,
            "nothing trims the stream: all \(info.length) entries that were ever added are still there, and Redis' memory fills up",
            advice:
                "Set bridge.trimFinishedAfter (7d, for example), or add with XADD … MAXLEN ~ N, greater than any backlog."
        )
    }
}
