/// What happened to the replicas, for the report.
struct TortureLog: Sendable {
    var zombieRequests: Set<String> = []
    var counts: [String: Int] = [:]
    /// In their order.
    private var actions: [String] = []
    /// Entries that Redis lost where it should lose none.
    var lostUnexpectedly = 0
    /// From a replica's end to the moment when others own all its partitions.
    var takeovers: [(isClean: Bool, time: Duration)] = []

    mutating func count(_ what: String) {
        counts[what, default: 0] += 1
        actions.append(what)
    }

    var figures: [(name: String, value: String)] {
        var figures = [
            ("actions", actions.joined(separator: ", ")),
            ("lost by a restart of Redis, published again", "\(lostUnexpectedly)"),
        ]
        for (name, isClean) in [
            ("takeover after a crash, slowest", false), ("takeover after a clean stop, slowest", true),
        ] {
            if let slowest = takeovers.filter({ $0.isClean == isClean }).map(\.time).max() {
                figures.append((name, slowest.formatted))
            }
        }
        return figures
    }
}

extension Duration {
    fileprivate var formatted: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return "\(milliseconds) ms"
    }
}
