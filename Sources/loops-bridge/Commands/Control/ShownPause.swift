import Bridge
import BridgeService
import JSON
import Logging
import Operations
import StreamGroups

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A pause in words.
struct ShownPause {
    let words: String

    /// The latest instant that has a date, in milliseconds since 1970, and the earliest with a minus: as in JavaScript.
    private static let latest = 8.64e15

    init(_ pause: Pause) {
        let since = Date(timeIntervalSince1970: min(max(Double(pause.since), -Self.latest), Self.latest) / 1000)
            .formatted(.iso8601)
        words = "since \(since) by \(pause.by.shown)" + (pause.reason.isEmpty ? "" : ": \(pause.reason.shown)")
    }

    /// The pauses that an answer of `/control`, or `/status.json`, has of its streams under this name.
    static func list(_ answer: JSONValue, _ name: String) -> [(stream: String, pause: ShownPause)] {
        (answer["streams"]?.arrayValue ?? []).compactMap { stream in
            guard let pause = stream[name], let since = pause["since"]?.doubleValue, since.magnitude <= Self.latest
            else {
                return nil
            }
            let by = pause["by"]?.stringValue ?? ""
            let reason = pause["reason"]?.stringValue ?? ""
            let shown = ShownPause(Pause(since: Int64(since), by: by, reason: reason))
            return (stream["name"]?.stringValue ?? "", shown)
        }
    }
}

/// The streams of the configuration, straight in Redis.
enum PausedStreams {
    /// Does the same to each, or to those that are named. Ends the program when a name is none of the configuration's, or Redis fails.
    static func each<Result: Sendable>(
        _ names: [String],
        _ settings: Settings,
        _ body: (GroupInspector) async throws -> Result
    ) async throws -> [Result] {
        try CommandInput.streams(Set(names), of: settings.bridge)
        var configuration = settings.bridge
        if !names.isEmpty { configuration.streams.removeAll { !names.contains($0.name) } }
        var results: [Result] = []
        try await CommandInput.redis(configuration.redis) {
            try await GroupInspector.run(configuration, logger: Loggers.logger(.init(level: .critical))) { views in
                for view in views { results.append(try await body(view)) }
            }
        }
        return results
    }
}
