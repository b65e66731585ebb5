import JSON
import Support

/// The word of a person, or of the brake, that nothing of a stream shall start. Kept in Redis beside the leases, so that it holds for all replicas
/// and through restarts.
package struct Pause: Sendable, Equatable {
    /// What made the brake pause the stream.
    package struct Brake: Sendable, Equatable {
        /// The name of the mapping whose events became dead letters.
        package let mapping: String
        /// Tells the mapping as it was then from others of that name.
        package let digest: String
        /// The one before it; nil when there was none of that name.
        package let previous: String?

        package init(mapping: String, digest: String, previous: String?) {
            self.mapping = mapping
            self.digest = digest
            self.previous = previous
        }
    }

    /// Who paused when the brake did.
    package static let brakeName = "brake"

    /// Milliseconds since 1970, by the clock of the one who paused.
    package let since: Int64
    /// Who paused, by their own account.
    package let by: String
    /// Why; empty when nobody said.
    package let reason: String
    /// nil when a person paused.
    package let brake: Brake?

    /// The longest name and the longest reason, in characters; more is cut.
    package static let maxName = 100
    package static let maxReason = 500

    package init(since: Int64, by: String, reason: String, brake: Brake? = nil) {
        self.since = since
        self.brake = brake
        self.by = Self.plain(by, Self.maxName)
        self.reason = Self.plain(reason, Self.maxReason)
    }

    /// Begins now.
    package init(by: String, reason: String, brake: Brake? = nil) {
        self.init(since: Int64(WallClock.secondsSince1970 * 1000), by: by, reason: reason, brake: brake)
    }

    /// Reads what ``text`` wrote. Anything else in its place is a pause too: somebody meant to stop this stream.
    package init(_ text: String) {
        let value = try? JSONParser.parse(text)
        let since = value?["since"]?.doubleValue ?? 0
        self.init(
            since: since.magnitude < 9e15 ? Int64(since) : 0,
            by: value?["by"]?.stringValue ?? "unknown",
            reason: value?["reason"]?.stringValue ?? "",
            brake: value?["brake"].flatMap { Brake($0) }
        )
    }

    /// As Redis keeps it.
    package var text: String {
        var object: JSONObject = ["since": .int(since), "by": .string(by), "reason": .string(reason)]
        if let brake { object["brake"] = brake.json }
        return JSONValue.object(object).jsonText
    }

    /// Goes into log lines: one line, and no control characters.
    private static func plain(_ text: String, _ length: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isInvisible ? " " : $0 }).prefix(length))
    }
}

extension Pause.Brake {
    fileprivate init?(_ value: JSONValue) {
        guard let mapping = value["mapping"]?.stringValue, let digest = value["digest"]?.stringValue else { return nil }
        self.init(mapping: mapping, digest: digest, previous: value["previous"]?.stringValue)
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = ["mapping": .string(mapping), "digest": .string(digest)]
        if let previous { object["previous"] = .string(previous) }
        return .object(object)
    }
}
