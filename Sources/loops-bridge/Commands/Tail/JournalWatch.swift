import BridgeService
import HTTPTransport
import JSON
import NIOSupport

/// Follows the journal of one replica, through its restarts.
struct JournalWatch: Sendable {
    enum Update: Sendable {
        /// The replica answers; what it says of itself.
        case connected(JSONValue)
        case entry(JSONValue)
        /// So many entries were gone before they were read.
        case missed(Int)
        /// Nobody answers; the replica is asked again.
        case lost(String)
    }

    /// Asking again would be answered the same.
    struct Refusal: Error, CustomStringConvertible { let description: String }

    let client: AdminClient
    /// The address, for people.
    let base: String
    /// Entries from this time on, in seconds since 1970; nil for those that are completed from now on.
    var since: Double?

    /// Between two looks.
    private static let interval = Duration.milliseconds(300)
    private static let longestPause = Duration.seconds(5)
    private static let batch = 200

    /// Runs until it is cancelled, or enough was taken.
    /// - Parameter take: returns whether it wants more.
    /// - Throws: ``Refusal``
    func run(_ take: @Sendable (Update) -> Bool) async throws {
        var cursor: String?
        var pause = Self.interval
        while !Task.isCancelled {
            do {
                let answer = try await look(cursor)
                pause = Self.interval
                guard take(.connected(answer)) else { return }
                let missed = answer["missed"]?.integerValue ?? 0
                if missed > 0, !take(.missed(Int(missed))) { return }
                // The first look without a time only finds out where the journal stands.
                let entries = cursor == nil && since == nil ? [] : answer["entries"]?.arrayValue ?? []
                for entry in entries where !take(.entry(entry)) { return }
                cursor = answer["cursor"]?.stringValue
                if entries.count == Self.batch { continue }
            } catch let refusal as Refusal {
                throw refusal
            } catch {
                if Task.isCancelled { return }
                guard take(.lost(NetworkErrorText.of(error))) else { return }
                pause = min(pause * 2, Self.longestPause)
            }
            // Cancelled, it looks no more.
            try? await Task.sleep(for: pause)
        }
    }

    private struct Unavailable: Error, CustomStringConvertible { let description: String }

    private func look(_ cursor: String?) async throws -> JSONValue {
        let place: String =
            if let cursor { "after=\(cursor)" } else if let since { "since=\(since)" } else { "query=none" }
        let (status, answer) = try await client.get("/journal.json?\(place)&limit=\(Self.batch)")
        let words = answer?["error"]?.stringValue
        switch status {
        case 200:
            guard let answer, answer["cursor"] != nil else {
                throw Refusal(description: "\(base): what answers is no loops-bridge with a journal")
            }
            return answer
        case 429, 500...599: throw Unavailable(description: words ?? "it answered \(status)")
        default:
            throw Refusal(description: "\(base): \(words ?? "it answered \(status); is it a loops-bridge?")")
        }
    }
}
