import BridgeService
import JSON

/// The status as tables. Takes what `/status.json` says, so that any version's answer can be shown; unknown is `?`, never 0.
struct StatusText {
    var hasColour = false
    /// The columns that a line may have; nil for any number.
    var width: Int?
    /// Failures that are shown.
    static let maxFailures = 5

    /// Everything that one replica tells.
    func lines(_ status: JSONValue) -> [String] {
        summary(status) + [""] + streams(status) + pauses(status) + [""] + replicas(status) + failures(status)
    }

    /// What Redis alone tells.
    func groupLines(_ status: JSONValue) -> [String] {
        streams(status) + pauses(status) + [""] + replicas(status)
    }

    private func summary(_ status: JSONValue) -> [String] {
        let state = text(status["health"]?["state"])
        let delivery = status["delivery"], backlog = status["backlog"], completed = status["completed"]
        let who = "  \(text(status["instance"])) · group \(text(status["group"])) · \(text(status["version"]))"
        // The colour has no width.
        var lines = [painted(state) + fitting(who, beside: state.count)]
        lines += (status["health"]?["reasons"]?.arrayValue ?? []).map { fitting("  because \(text($0))") }
        if let next = delivery?["nextTrySeconds"]?.doubleValue {
            lines.append(fitting("  next try in \(wait(.double(next.rounded(.up))))"))
        }
        let share = delivery?["requestsPerSecond"]?.doubleValue.flatMap { used in
            delivery?["limit"]?.doubleValue.map { " (\(Int64(saturating: (100 * used / max($0, 0.001)).rounded())) %)" }
        }
        let limit = delivery?["limit"]?.doubleValue.map { " of \(Self.rate($0))\(share ?? "")" }
        lines += [
            "requests  \(rate(delivery?["requestsPerSecond"]))\(limit ?? "")",
            incoming(status),
            "finished  \(rate(backlog?["completionsPerSecond"]))",
            "waiting   \(number(backlog?["waiting"])), oldest \(wait(backlog?["oldestSeconds"])), "
                + "caught up in \(wait(backlog?["catchUpSeconds"]))",
            "completed "
                + ["delivered", "deleted", "ignored", "expired", "deadLettered", "lost"]
                .map { "\(number(completed?[$0])) \($0 == "deadLettered" ? "dead-lettered" : $0)" }
                .joined(separator: " · "),
        ].compactMap(\.self).map { fitting($0) }
        return lines
    }

    /// What comes in over HTTP; nil for a bridge that does not tell it.
    private func incoming(_ status: JSONValue) -> String? {
        guard let incoming = status["incoming"] else { return nil }
        if incoming.isNull { return "incoming  ?" }
        let intakes = incoming["intakes"]?.arrayValue?.count ?? 0
        if intakes == 0 { return "incoming  no intake has told anything lately" }
        let counts = ["accepted", "duplicates", "dropped"]
            .map { "\(number(incoming[$0])) \($0 == "duplicates" ? "duplicate" : $0)" }
        return "incoming  \(rate(incoming["acceptedPerSecond"])), \(counts.joined(separator: " · ")), "
            + "\(number(incoming["held"])) held, by \(intakes == 1 ? "1 intake" : "\(intakes) intakes")"
    }

    private func streams(_ status: JSONValue) -> [String] {
        var table = TextTable(columns: [
            .init(title: "STREAM"), .init(title: "STATE"), .init(title: "WEIGHT", isNumber: true, rank: 6),
            .init(title: "LAG", isNumber: true), .init(title: "PENDING", isNumber: true),
            .init(title: "OLDEST", isNumber: true, rank: 2), .init(title: "FINISHED", isNumber: true, rank: 4),
            .init(title: "CATCH-UP", isNumber: true, rank: 3), .init(title: "DEAD", isNumber: true),
        ])
        for stream in status["streams"]?.arrayValue ?? [] {
            table.rows.append([
                text(stream["name"]), state(of: stream, status),
                number(stream["weight"]), number(stream["lag"]), number(stream["pending"]),
                oldest(stream), rate(stream["completionsPerSecond"]), wait(stream["catchUpSeconds"]),
                number(stream["deadLetters"]),
            ])
        }
        return table.lines(width: width)
    }

    /// In the page's words. Without a heartbeat nobody has told this replica of a pause: then it is not known to be carried.
    private func state(of stream: JSONValue, _ status: JSONValue) -> String {
        if let error = stream["error"]?.stringValue { return error }
        if stream["paused"]?.objectValue != nil { return "paused" }
        if status["health"]?["state"] == "blocked" { return "blocked" }
        if (stream["stillSeconds"]?.doubleValue ?? 0) >= 10 { return "stands still" }
        guard let unassigned = stream["partitions"]?["unassigned"]?.integerValue else {
            return status["drained"] == true ? "drained" : "?"
        }
        if unassigned > 0 { return "partitions without an owner" }
        if let loss = stream["secondsUntilTrimLoss"]?.doubleValue, loss < 3600 { return "trimming is near" }
        // Redis alone does not say whether a replica is at work.
        return status["health"] == nil ? "open" : "carried"
    }

    /// The age of what has waited longest: pending entries are older than all others. Whether and how long others wait, only the lag could say.
    private func oldest(_ stream: JSONValue) -> String {
        let pending = stream["pending"]?.integerValue
        if let pending, pending > 0 { return wait(stream["oldestUnackedSeconds"]) }
        return pending == 0 && stream["lag"]?.integerValue == 0 ? wait(0) : "?"
    }

    private func pauses(_ status: JSONValue) -> [String] {
        let pauses = ShownPause.list(status, "paused")
        return (pauses.isEmpty ? [] : [""]) + pauses.map { fitting("\($0.stream.shown) is paused \($0.pause.words)") }
    }

    private func replicas(_ status: JSONValue) -> [String] {
        let streams = status["streams"]?.arrayValue ?? []
        let hasPages = streams.contains { stream in
            stream["replicas"]?.arrayValue?.contains { $0["url"]?.stringValue != nil } ?? false
        }
        var table = TextTable(
            columns: [
                .init(title: "REPLICA"), .init(title: "STREAM", rank: 1),
                .init(title: "PARTITIONS", isNumber: true, rank: 2),
                .init(title: "WHICH", maxWidth: 60),
            ] + (hasPages ? [.init(title: "PAGE", rank: 3)] : [])
        )
        for stream in streams {
            for replica in stream["replicas"]?.arrayValue ?? [] {
                let partitions = (replica["partitions"]?.arrayValue ?? []).compactMap { $0.integerValue.map(Int.init) }
                table.rows.append([
                    text(replica["name"]) + (replica["self"] == true ? " (asked)" : ""), text(stream["name"]),
                    String(partitions.count), partitions.isEmpty ? "-" : Self.ranges(partitions),
                ])
                if hasPages {
                    table.rows[table.rows.count - 1].append(replica["url"]?.stringValue?.shown ?? "-")
                }
            }
            if let unassigned = stream["partitions"]?["unassigned"]?.integerValue, unassigned > 0 {
                table.rows.append(["nobody", text(stream["name"]), String(unassigned), "-"] + (hasPages ? ["-"] : []))
            }
        }
        return table.lines(width: width)
    }

    private func failures(_ status: JSONValue) -> [String] {
        let failures = status["failures"]?.arrayValue ?? []
        if failures.isEmpty { return [] }
        var table = TextTable(columns: [
            .init(title: "AGO", isNumber: true), .init(title: "WHAT"), .init(title: "REASON"),
            .init(title: "STATUS", isNumber: true, rank: 2), .init(title: "TIMES", isNumber: true, rank: 3),
            .init(title: "CONTACT", rank: 4),
            .init(title: "IN WORDS", maxWidth: 60),
        ])
        let now = status["now"]?.doubleValue ?? 0
        for failure in failures.prefix(Self.maxFailures) {
            let age = max(0, now - (failure["lastSeenAt"]?.doubleValue ?? now))
            table.rows.append([
                wait(.double(age)),
                failure["type"] == "deadLetter" ? "dead letter" : "retry", text(failure["reason"]),
                failure["status"]?.integerValue.map(String.init) ?? "-", number(failure["count"]),
                contact(failure), text(failure["detail"]),
            ])
        }
        return [""] + table.lines(width: width)
    }

    private func contact(_ failure: JSONValue) -> String {
        guard let hash = failure["contactHash"]?.stringValue else { return "all" }
        let others = (failure["contacts"]?.integerValue ?? 1) - 1
        return others > 0 ? "\(hash) and \(others) more" : hash
    }

    /// `0-3, 7`
    static func ranges(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound < .max, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }

    private func painted(_ state: String) -> String {
        let code = ["healthy": 32, "degraded": 33, "blocked": 31][state] ?? 36
        return hasColour ? "\u{1B}[1;\(code)m\(state)\u{1B}[0m" : state
    }

    /// - Parameter beside: columns that are taken already.
    private func fitting(_ line: String, beside: Int = 0) -> String { width.map { line.cut(to: $0 - beside) } ?? line }

    private func text(_ value: JSONValue?) -> String { (value?.stringValue ?? "?").shown }
    private func number(_ value: JSONValue?) -> String { value?.integerValue.map(String.init) ?? "?" }
    private func rate(_ value: JSONValue?) -> String { value?.doubleValue.map(Self.rate) ?? "?" }
    private func wait(_ value: JSONValue?) -> String {
        value?.doubleValue.map { $0 == 0 ? "0 s" : $0 < 1 ? "< 1 s" : ShownTime.wait(seconds: $0) } ?? "?"
    }

    private static func rate(_ value: Double) -> String {
        // Another server's number may be anything.
        guard (0..<1e15).contains(value) else { return "?" }
        let tenths = Int64(saturating: (value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)/s" : "\(tenths / 10).\(tenths % 10)/s"
    }
}
