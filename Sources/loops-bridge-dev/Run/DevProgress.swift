import Bridge
import BridgeService

/// How far a run of `dev` is, in one line that fits its terminal.
struct DevProgress {
    let published: Int
    let ends: CompletionCounts
    /// Deliveries of the last second.
    let perSecond: Int

    /// - Parameter width: columns that there are. What matters least is left out first.
    func line(width: Int) -> String {
        let waiting = max(0, published - ends.total)
        // In the order in which they are shown, each with its rank.
        var parts: [(rank: Int, text: String)] = [
            (3, "published \(published)"), (0, "delivered \(ends.delivered)"), (5, "ignored \(ends.ignored)"),
            (4, "dead-lettered \(ends.deadLettered)"), (2, "waiting \(waiting)"), (1, "\(perSecond)/s"),
        ]
        while true {
            let line = parts.map(\.text).joined(separator: " · ")
            guard line.count > width, parts.count > 1, let least = parts.map(\.rank).max() else {
                return line.cut(to: width)
            }
            parts.removeAll { $0.rank == least }
        }
    }
}
