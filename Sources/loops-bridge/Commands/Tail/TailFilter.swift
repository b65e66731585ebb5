import Bridge
import BridgeService
import JSON
import Support

/// Which entries `tail` shows. Empty lists let all pass.
struct TailFilter: Sendable {
    var streams: [String] = []
    var mappings: [String] = []
    var outcomes: [String] = []
    var events: [String] = []
    /// Contact keys as they are, or their hashes.
    var contacts: [String] = []

    /// Names are known to who has the token; without it, `--event` fits types only.
    func passes(_ entry: JSONValue) -> Bool {
        passes(streams, [entry["stream"]]) && passes(outcomes, [entry["outcome"]])
            && passes(mappings, entry["requests"], "mapping", orOf: entry["failures"])
            && passes(events, (entry["events"]?.arrayValue ?? []).flatMap { [$0["name"], $0["type"]] })
            && (contacts.isEmpty
                || contacts.contains { contact in
                    entry["contactHash"]?.stringValue == contact || entry["contact"]?.stringValue == contact
                        || entry["contactHash"]?.stringValue == Redaction.hash(contact)
                })
    }

    private func passes(_ wanted: [String], _ found: [JSONValue?]) -> Bool {
        wanted.isEmpty || found.contains { $0?.stringValue.map(wanted.contains) ?? false }
    }

    private func passes(_ wanted: [String], _ list: JSONValue?, _ key: String, orOf other: JSONValue?) -> Bool {
        passes(wanted, ((list?.arrayValue ?? []) + (other?.arrayValue ?? [])).map { $0[key] })
    }
}
