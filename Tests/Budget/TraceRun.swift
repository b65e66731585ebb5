import JSON
import LoopsSimulator
import RedisStreams

/// One trace through one replica: how many events a request stands for, and whether anything was lost or out of order on the way.
struct TraceRun: Sendable {
    /// Time passes so many times as fast, and the limit is as many times as high.
    private static let haste = 10

    let trace: Trace
    let coalesce: String
    let options: BudgetCommand.Options

    func row() async throws -> [String] {
        try await Site.run(
            replicas: 1,
            simulation: .limited(.slidingLog, 10 * Self.haste, seed: options.seed),
            environment: ["BRIDGE_COALESCING": coalesce],
            options: options
        ) { site in
            try await site.settled()
            let begin = ContinuousClock.now
            try await publish(site.client, begin)
            try await site.drained("segment:events")
            let took = (ContinuousClock.now - begin) / .seconds(1)
            let requests = site.simulator.requests().filter(\.isCommitted)
            let sent = trace.events.count(where: \.isSent)
            return [
                trace.name, coalesce, "\(sent)", "\(requests.count)",
                (Double(sent) / Double(max(requests.count, 1))).text(2),
                (took * Double(Self.haste) / 60).text(1) + " min", "\(lostChanges(requests))", "\(disorder(requests))",
            ]
        }
    }

    /// Publishes each event at its time.
    private func publish(_ client: RedisClient, _ begin: ContinuousClock.Instant) async throws {
        var next = 0
        while next < trace.events.count {
            let now = (ContinuousClock.now - begin) / .seconds(1) * Double(Self.haste)
            var due: [String] = []
            while next < trace.events.count, trace.events[next].at <= now {
                var body = trace.events[next].body
                body["messageId"] = .string("m-\(next)")
                due.append(JSONValue.object(body).jsonText)
                next += 1
            }
            try await client.publish(due)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Users of whom Loops did not see every plan in its turn; with `latest`, of whom it did not see the last one.
    private func lostChanges(_ requests: [JournalEntry]) -> Int {
        var published: [String: [String]] = [:]
        for event in trace.events {
            if let plan = event.plan { published["user-\(event.user)", default: []].append(plan) }
        }
        var seen: [String: [String]] = [:]
        for request in requests {
            if let plan = (try? JSONParser.parse(request.body))?["plan"]?.stringValue {
                seen[request.userID ?? "", default: []].append(plan)
            }
        }
        return published.count { user, plans in
            let seen = Self.changes(seen[user] ?? [])
            return coalesce == "latest" ? seen.last != plans.last : seen != Self.changes(plans)
        }
    }

    private static func changes(_ values: [String]) -> [String] {
        values.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Users whose tracks did not arrive in their order.
    private func disorder(_ requests: [JournalEntry]) -> Int {
        let tracks = Dictionary(grouping: requests.filter { $0.sequenceNumber != nil }) { $0.userID ?? "" }
        return tracks.count { $0.value.map { $0.sequenceNumber ?? 0 } != Array(1...Int64($0.value.count)) }
    }
}
