import RedisStreams
import StreamGroups

/// How a stream and its group stand, held against the settings. No I/O.
struct GroupFacts: Sendable, Equatable {
    let stream: String
    let group: String
    /// nil: there is no stream yet.
    var info: StreamInfo?
    /// nil: there is no group yet.
    var groupInfo: GroupInfo?
    /// The group's hash; empty when no bridge has run on it.
    var state: [String: String] = [:]
    var members = 0
    var deadLetters = 0

    /// - Parameters:
    ///   - partitions: as configured.
    ///   - rule: the contact keys as configured, a path a line.
    ///   - start: `0` or `$`.
    func results(partitions: Int, rule: String, start: String) -> [CheckResult] {
        var results = [standing(start)]
        if let actual = state["partitions"], actual != String(partitions) {
            results.append(
                fault(
                    "the group was made with \(actual) partitions, bridge.partitions is \(partitions)",
                    "Set bridge.partitions to \(actual), or use another group."
                )
            )
        }
        if let actual = state["rule"], actual != rule, (groupInfo?.pending ?? 0) > 0 {
            results.append(
                fault(
                    "entries are pending that were routed by other contact keys (\(actual.split(separator: "\n").joined(separator: ", ")))",
                    "Let the bridge finish them with that bridge.contactKeys first, stop all replicas, then change it."
                )
            )
        }
        if let text = state["paused"] {
            let pause = Pause(text)
            results.append(
                CheckResult(
                    .warning,
                    stream,
                    "paused by \(pause.by)" + (pause.reason.isEmpty ? "" : ": \(pause.reason)"),
                    advice: "'loops-bridge resume' ends that."
                )
            )
        }
        if deadLetters > 0 {
            results.append(
                CheckResult(.ok, stream, "\(deadLetters) dead letters", advice: "'loops-bridge dead list' shows them.")
            )
        }
        return results
    }

    private func standing(_ start: String) -> CheckResult {
        guard let info else {
            return CheckResult(.ok, stream, "there is no stream yet; the bridge makes it, and the group \(group)")
        }
        guard let groupInfo else {
            let begin = start == "0" ? "all \(info.length) entries are delivered" : "only what is new is delivered"
            return CheckResult(
                .ok,
                stream,
                "\(info.length) entries; there is no group \(group) yet: the bridge makes it, and \(begin) (bridge.groupStart \(start))"
            )
        }
        let lag = groupInfo.lag.map { "\($0) not read yet" } ?? "how many are not read yet is unknown"
        return CheckResult(
            .ok,
            stream,
            "\(info.length) entries, group \(group): \(groupInfo.pending) pending, \(lag), \(members) replicas"
        )
    }

    private func fault(_ text: String, _ advice: String) -> CheckResult {
        CheckResult(.fault, stream, text, advice: advice)
    }
}
