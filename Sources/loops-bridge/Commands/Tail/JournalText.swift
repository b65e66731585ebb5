import Bridge
import BridgeService
import Destination
import JSON

/// Entries of a journal, as the admin port tells them, in words. What comes from outside is shown, and does no more.
struct JournalText: Sendable {
    var style = TextStyle.plain
    /// Whether lines name the replica: where several are followed.
    var namesReplicas = false

    /// One line of `tail`.
    func line(_ entry: JSONValue) -> String {
        let outcome = text(entry["outcome"]) ?? "unknown"
        var parts = [
            Self.time(entry["completedAt"]?.doubleValue ?? 0),
            coloured(outcome + String(repeating: " ", count: max(0, 12 - outcome.count)), outcome),
            text(entry["entry"]) ?? "",
            text(entry["contact"]) ?? text(entry["contactHash"]) ?? "",
            event(entry),
        ]
        parts += results(entry)
        parts.append(Self.milliseconds(entry["seconds"]))
        if namesReplicas { parts.append("by \(text(entry["replica"]) ?? "unknown")") }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// What `why` says of it, a sentence each.
    func words(_ entry: JSONValue, now: Double) -> [String] {
        let ago = ShownTime.wait(seconds: max(0, now - (entry["completedAt"]?.doubleValue ?? now)))
        let took = Self.milliseconds(entry["seconds"])
        let replica = text(entry["replica"]) ?? "unknown"
        var lines = ["\(Self.past(entry)) \(ago) ago by \(replica), \(took) after it was added"]
        lines += list(entry["requests"]).map(words)
        if let with = text(entry["coalesced"]?["with"]) {
            lines.append("it shared the request of the entry \(with) (see bridge.coalescing): \(kind(entry))")
        }
        for failure in list(entry["failures"]) {
            let parts = [
                text(failure["mapping"]).map { "mapping \($0)" }, text(failure["reason"]), text(failure["detail"]),
            ]
            lines.append(parts.compactMap(\.self).joined(separator: ": "))
        }
        if entry["outcome"] == "ignored" { lines += list(entry["reasons"]).compactMap(text) }
        return lines
    }

    private func words(_ request: JSONValue) -> String {
        let shared = (request["entries"]?.integerValue ?? 1) - 1
        var parts = [
            "mapping \(text(request["mapping"]) ?? "?"): \(text(request["operation"]) ?? "?"), \(answer(request)) after \(attempts(request))"
        ]
        let queued = Self.milliseconds(request["queuedSeconds"])
        let waited = Self.milliseconds(request["permitWaitSeconds"])
        parts.append("\(queued) in the queue, of which \(waited) for a permit")
        parts[1] += ", \(Self.milliseconds(request["loopsSeconds"])) at Loops"
        if shared > 0 { parts.append("\(shared) later \(shared == 1 ? "entry" : "entries") shared the request") }
        return parts.joined(separator: "; ")
    }

    private func event(_ entry: JSONValue) -> String {
        guard let first = list(entry["events"]).first else { return "" }
        let name = text(first["name"]).map { " \"\($0.cut(to: 40))\"" } ?? ""
        let count = entry["eventCount"]?.integerValue ?? 1
        return (text(first["type"]) ?? "event") + name + (count > 1 ? " and \(count - 1) more" : "")
    }

    private func results(_ entry: JSONValue) -> [String] {
        var parts = list(entry["requests"]).map { request in
            let often = (request["attempts"]?.integerValue ?? 1) > 1 ? " after \(attempts(request))" : ""
            return "→ \(text(request["mapping"]) ?? "?") \(answer(request))\(often)"
        }
        if let with = text(entry["coalesced"]?["with"]) { parts.append("with \(with) (\(kind(entry)))") }
        for failure in list(entry["failures"]) {
            let detail = text(failure["detail"]).map { ": \($0.cut(to: 80))" } ?? ""
            parts.append(coloured((text(failure["reason"]) ?? "") + detail, "deadLettered"))
        }
        if entry["outcome"] == "ignored" { parts.append("no mapping takes it") }
        return parts
    }

    private func answer(_ request: JSONValue) -> String {
        let status = request["status"]?.integerValue.map { String($0) } ?? "no answer"
        let message = request["delivered"] == true ? "" : text(request["message"]) ?? ""
        return message.isEmpty ? status : "\(status) (\(message.cut(to: 80)))"
    }

    private func attempts(_ request: JSONValue) -> String {
        let count = request["attempts"]?.integerValue ?? 0
        return "\(count) \(count == 1 ? "attempt" : "attempts")"
    }

    private func kind(_ entry: JSONValue) -> String { text(entry["coalesced"]?["kind"]) ?? "shared" }

    private func text(_ value: JSONValue?) -> String? { value?.stringValue?.shown }

    private func list(_ value: JSONValue?) -> [JSONValue] { value?.arrayValue ?? [] }

    private func coloured(_ text: String, _ outcome: String) -> String {
        switch outcome {
        case "delivered", "deleted": style.green(text)
        case "deadLettered", "lost": style.red(text)
        case "expired": style.yellow(text)
        default: text
        }
    }

    private static func past(_ entry: JSONValue) -> String {
        switch entry["outcome"]?.stringValue {
        case "delivered": "delivered"
        case "deleted": "delivered, and the contact deleted at Loops,"
        case "ignored": "ignored, since no mapping takes it,"
        case "expired": "left out as too old"
        case "deadLettered": "dead-lettered"
        case "lost": "found to be gone from the stream"
        default: "completed"
        }
    }

    private static func milliseconds(_ seconds: JSONValue?) -> String {
        guard let seconds = seconds?.doubleValue else { return "unknown" }
        return seconds < 10 ? "\(Int((seconds * 1000).rounded())) ms" : ShownTime.wait(seconds: seconds)
    }

    /// `12:00:01.123`, in UTC as logs have it.
    private static func time(_ seconds: Double) -> String {
        guard seconds.magnitude < 1e12 else { return "unknown" }
        let day = Int64((seconds * 1000).rounded()) % 86_400_000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes, rest) = (day / 3_600_000, day / 60_000 % 60, day % 60_000)
        let thousandths = String(1000 + rest % 1000).dropFirst()
        return "\(two(hours)):\(two(minutes)):\(two(rest / 1000)).\(thousandths)"
    }
}
