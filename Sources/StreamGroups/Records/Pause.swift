import JSON
import Support

/// A person's word that nothing of a stream shall start. Kept in Redis beside the leases, so that it holds for all replicas and through restarts.
package struct Pause: Sendable, Equatable {
    /// Milliseconds since 1970, by the clock of the one who paused.
    package let since: Int64
    /// Who paused, by their own account.
    package let by: String
    /// Why; empty when nobody said.
    package let reason: String

    /// The longest name and the longest reason, in characters; more is cut.
    package static let maxName = 100
    package static let maxReason = 500

    package init(since: Int64, by: String, reason: String) {
        self.since = since
        self.by = Self.plain(by, Self.maxName)
        self.reason = Self.plain(reason, Self.maxReason)
    }

    /// Begins now.
    package init(by: String, reason: String) {
        self.init(since: Int64(WallClock.secondsSince1970 * 1000), by: by, reason: reason)
    }

    /// Reads what ``text`` wrote. Anything else in its place is a pause too: somebody meant to stop this stream.
    package init(_ text: String) {
        let value = try? JSONParser.parse(text)
        let since = value?["since"]?.doubleValue ?? 0
        self.init(
            since: since.magnitude < 9e15 ? Int64(since) : 0,
            by: value?["by"]?.stringValue ?? "unknown",
            reason: value?["reason"]?.stringValue ?? ""
        )
    }

    /// As Redis keeps it.
    package var text: String {
        let object: JSONValue = ["since": .int(since), "by": .string(by), "reason": .string(reason)]
        return object.jsonText
    }

    /// Goes into log lines: one line, and no control characters.
    private static func plain(_ text: String, _ length: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isInvisible ? " " : $0 }).prefix(length))
    }
}
