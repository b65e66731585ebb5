import DevKit
import LoopsSimulator
import RedisStreams

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Replicas, contacts and a nemesis: everything that goes wrong goes wrong here, and then the judge looks.
struct Torture: Sendable {
    let settings: TortureSettings
    let redis: TorturedRedis
    let simulator: LoopsSimulator
    let pool: ReplicaPool
    let publication: Mutexed<Publication>
    let watch: AckWatch
    let log: Mutexed<TortureLog>

    static let stream = TortureTiming.streams[0]

    static func run(_ settings: TortureSettings) async throws -> TortureReport {
        switch settings.redis {
        case .pair: try await RedisPair.run { try await run(settings, .pair($0)) }
        case .sentinels: try await RedisSentinels.run { try await run(settings, .selfHealing($0)) }
        case .cluster:
            try await RedisCluster.run(copying: HashSlot(stream).number) { try await run(settings, .selfHealing($0)) }
        }
    }

    private static func run(_ settings: TortureSettings, _ redis: TorturedRedis) async throws -> TortureReport {
        try await LoopsSimulator.withRunning(settings.simulation) { simulator, ports in
            var arguments = ["--redis", redis.url, "--loops", "\(ports.baseURL)/v1", "--key", TeamSeed.defaultKey]
            if settings.merges { arguments.append("--merges") }
            let given = arguments
            return try await ReplicaPool.run(executable: settings.executable, arguments: given) { pool in
                let publication = Mutexed(
                    Publication(seed: settings.seed, contacts: settings.contacts, merges: settings.merges)
                )
                let torture = Torture(
                    settings: settings,
                    redis: redis,
                    simulator: simulator,
                    pool: pool,
                    publication: publication,
                    watch: AckWatch(simulator: simulator, publication: publication),
                    log: Mutexed(TortureLog())
                )
                return try await RedisPair.withClient(redis.url) { client in try await torture.run(client) }
            }
        }
    }

    private func run(_ client: RedisClient) async throws -> TortureReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await RedisPair.withClient(redis.url) { client in
                    while !Task.isCancelled {
                        // Redis may be away; the next look comes soon.
                        try? await watch.look(client, stream: Self.stream)
                        try await Pace.wait(.milliseconds(200))
                    }
                }
            }
            defer { group.cancelAll() }
            for _ in 0..<settings.replicas { await pool.start(plant: settings.plant) }
            let course = settings.course ?? Schedule(seed: settings.seed, count: settings.actions, kind: settings.redis)
            let nemesis = Nemesis(torture: self, client: client)
            for action in course.actions {
                try await publish(client)
                try await nemesis.perform(action)
            }
            try await publish(client)
            let isSettled = try await settle(client)
            return try await report(client, isSettled: isSettled)
        }
    }

    /// Publishes the next events, in order.
    /// - Parameter toStale: the server is not the primary any more. What it takes will be lost, and published again behind what the primary
    ///   takes: so it is of other contacts. An ID means one entry on both.
    func publish(_ client: RedisClient, toStale: Bool = false) async throws {
        for item in publication.with({ $0.next(settings.burst, ofOthers: toStale) }) {
            try await publish(item, client, id: toStale ? publication.with { $0.nextMarkedID() } : nil)
        }
    }

    func publish(_ item: Publication.Item, _ client: RedisClient, id: StreamID? = nil) async throws {
        let event = publication.with { $0.event(item) }
        // What may have been added is added again, as careful producers do.
        let id = try await persistently {
            try await client.add(
                Self.stream,
                fields: [StreamField("event", String(decoding: event, as: UTF8.self))],
                id: id
            )
        }
        publication.with { $0.add(item, id: id) }
    }

    /// Waits until everything has ended, or nothing has happened for too long.
    private func settle(_ client: RedisClient) async throws -> Bool {
        var last = (progress: simulator.requests().count, at: ContinuousClock.now)
        while ContinuousClock.now < last.at + settings.patience {
            let end = try await persistently { try await client.streamInfo(Self.stream).lastGeneratedID }
            let groups = try await persistently { try await client.groupInfos(Self.stream) }
            if let group = groups.first(where: { $0.name == TortureTiming.group }),
                group.pending == 0, group.lastDeliveredID == end
            {
                return true
            }
            let progress = simulator.withSimulation { Int($0.journal.appended) }
            if progress != last.progress { last = (progress, .now) }
            try await Pace.wait(.milliseconds(100))
        }
        return false
    }

    private func report(_ client: RedisClient, isSettled: Bool) async throws -> TortureReport {
        var report = TortureReport(seed: settings.seed, redis: settings.redis)
        let pending = try await client.pendingSummary(Self.stream, group: TortureTiming.group).count
        report.checks.append(
            .init(name: "everything ended", passed: isSettled, figure: isSettled ? "yes" : "\(pending) pending")
        )
        let items = publication.with { Array($0.published.values) }
        let why = try await letters(client)
        let letters = why.map(\.entry)
        let names = Set(letters.compactMap { publication.with { $0.published }[$0]?.name })
        let evidence = simulator.evidence()
        let ids = publication.with { $0.published }.map { ("\($0.value.name)", $0.key) }
        TortureJudge(
            evidence: evidence,
            items: items,
            partitions: TortureTiming.partitions,
            letters: names,
            ids: Dictionary(ids) { max($0, $1) }
        ).judge(into: &report)
        let findings = watch.findings.with { $0 }
        // A 409 for what an earlier owner's request was still to do is taken for a success; nobody can know better.
        let late = Set(
            evidence.requests.filter { $0.ending == .clientLeft && $0.isCommitted && $0.idempotencyKey != nil }
                .flatMap(\.names)
        )
        report.expectNone("acknowledged before its success", findings.early.subtracting(late))
        let log = log.with { $0 }
        let lateRequests = await pool.sentLate
        report.expectNone("requests of zombies", log.zombieRequests.count > lateRequests ? log.zombieRequests : [])
        report.figures.append(("requests that left late, by the replicas' word", "\(lateRequests)"))
        report.expectNone("violations that replicas saw themselves", await pool.outOfOrder)
        judgeDeadLetters(why, evidence, &report)
        report.figures.append(("looks at what is acknowledged", "\(findings.looks)"))
        report.figures.append(contentsOf: log.figures)
        return report
    }

    /// The entries that have a dead letter, one for each letter, with what it says.
    private func letters(_ client: RedisClient) async throws -> [(entry: StreamID, why: String)] {
        try await client.range("{\(Self.stream)}:dead", count: 100_000).compactMap { letter in
            func text(_ name: String) -> String {
                letter.fields?.first { $0.name == Array(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
                    ?? ""
            }
            return StreamID(text("id")).map { ($0, "\(text("reason")): \(text("detail"))") }
        }
    }

    private func judgeDeadLetters(
        _ why: [(entry: StreamID, why: String)],
        _ evidence: EffectJudge,
        _ report: inout TortureReport
    ) {
        let letters = why.map(\.entry)
        let published = publication.with { $0.published }
        let bad = Set(published.filter { !$0.value.isGood }.keys)
        // Where Loops used a key up for a request that failed, a dead letter is the right end.
        let burnt = Set(evidence.requests.filter(\.burntKey).flatMap(\.names))
        let applied = Set(evidence.requests.filter(\.isCommitted).flatMap(\.names))
        let good = Set(published.filter { $0.value.isGood }.keys).intersection(letters)
        let wrong = good.filter { id in
            published[id].map { !burnt.contains($0.name) || applied.contains($0.name) } ?? true
        }
        report.expectNone("bad events without a dead letter", bad.subtracting(letters).map(\.description).sorted())
        report.expectNone(
            "good events with a dead letter",
            wrong.sorted().map { id in Self.text(id, published[id]?.name ?? "", why, evidence) }
        )
        // A group that is set back has them dead-lettered again, and their first letters are still there.
        let rewinds = log.with { $0.counts["groupDestroyed", default: 0] + $0.counts["groupSetBack", default: 0] }
        let twice = Dictionary(grouping: letters, by: \.self).filter { $0.value.count > 1 + rewinds }.keys
        report.expectNone("dead letters written twice", twice.map(\.description).sorted())
        report.figures.append(("dead letters", "\(letters.count), of good events \(good.count)"))
    }

    /// What became of an event that should have no dead letter: its letters, and its requests in order.
    private static func text(
        _ id: StreamID,
        _ name: String,
        _ why: [(entry: StreamID, why: String)],
        _ evidence: EffectJudge
    ) -> String {
        let letters = why.filter { $0.entry == id }.map(\.why).joined(separator: "; ")
        let requests = evidence.requests.filter { $0.names.contains(name) }.map { request in
            "\(request.replica) \(request.status ?? 0) \(request.isCommitted ? "committed" : request.burntKey ? "key used up" : "-")"
        }
        return "\(name) (\(id)): \(letters); \(requests.joined(separator: " → "))"
    }
}
