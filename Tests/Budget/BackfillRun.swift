import DevKit
import LoopsSimulator
import Support

/// A backfill of many identifies with live traffic beside it, on two streams by weight 10:1.
struct BackfillRun: Sendable {
    private static let limit = 10

    let entries: Int
    let seconds: Int
    let rate: Double
    let options: BudgetCommand.Options

    func table() async throws -> Table {
        let entries = entries
        return try await Site.run(
            replicas: 2,
            simulation: .limited(.fixedFirst, Self.limit, seed: options.seed),
            environment: ["BRIDGE_STREAMS": "segment:live=10,segment:backfill=1"],
            options: options,
            prepare: { client in
                try await client.publish(
                    (0..<entries).lazy.map { number in
                        let user = number % 200_000
                        return
                            #"{"type":"identify","userId":"old-\#(user)","traits":{"email":"old-\#(user)@example.com","n":\#(number)}}"#
                    },
                    to: "segment:backfill"
                )
            },
            body: { site in
                try await site.settled(streams: 2)
                try await Task.sleep(for: .seconds(5))
                let begin = Site.now
                let published = try await live(site)
                let end = Site.now
                try await Task.sleep(for: .seconds(5))
                return Self.table(site.simulator.requests(), published, begin..<end)
            }
        )
    }

    /// Publishes live events at random instants.
    /// - Returns: when each was published, by its user.
    private func live(_ site: Site) async throws -> [String: Int64] {
        var random = SplitMix64(seed: options.seed)
        var published: [String: Int64] = [:]
        let end = ContinuousClock.now + .seconds(seconds)
        var next = ContinuousClock.now
        while next < end {
            try await Task.sleep(until: next, clock: .continuous)
            let user = "live-\(published.count)"
            published[user] = Site.now
            try await site.client.publish(
                [
                    #"{"type":"track","event":"Signed Up","messageId":"\#(user)","userId":"\#(user)","properties":{"email":"\#(user)@example.com"}}"#
                ],
                to: "segment:live"
            )
            next += .seconds(Double.random(in: 0..<(2 / rate), using: &random))
        }
        return published
    }

    private static func table(_ requests: [JournalEntry], _ published: [String: Int64], _ span: Range<Int64>) -> Table {
        var ages: [Double] = []
        for request in requests where request.isCommitted {
            if let user = request.userID, let at = published[user] {
                ages.append(Double(request.arrivalNanoseconds - at) / 1e9)
            }
        }
        ages.sort()
        func percentile(_ share: Double) -> String {
            ages.isEmpty ? "none" : ages[min(ages.count - 1, Int(Double(ages.count) * share))].text(2) + " s"
        }
        let accepted = requests.filter { $0.isCommitted && span.contains($0.arrivalNanoseconds) }
        let seconds = Double(span.upperBound - span.lowerBound) / 1e9
        let old = accepted.count { $0.userID?.hasPrefix("old-") == true }
        var table = Table([
            "live events", "delivered", "p50 age", "p99 age", "longest", "live a second", "backfill a second",
            "used of the limit",
        ])
        table.add([
            "\(published.count)", "\(ages.count)", percentile(0.5), percentile(0.99), percentile(1),
            (Double(accepted.count - old) / seconds).text(2), (Double(old) / seconds).text(2),
            (Double(accepted.count) / seconds / Double(limit)).text(3),
        ])
        return table
    }
}
