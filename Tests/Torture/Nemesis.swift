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

/// An action that this Redis is not made for: a course for another kind.
struct NemesisFault: Error, CustomStringConvertible {
    let action: Schedule.Action
    var description: String { "\(action) can only be done to \(action.kinds.map(\.rawValue).joined(separator: ", "))" }
}

/// Does harm to replicas and to Redis.
struct Nemesis: Sendable {
    let torture: Torture
    let client: RedisClient

    var pool: ReplicaPool { torture.pool }
    var settings: TortureSettings { torture.settings }
    private static let leases = "{\(Torture.stream)}:bridge:\(TortureTiming.group):leases"

    func perform(_ action: Schedule.Action) async throws {
        torture.log.with { $0.count("\(action)") }
        switch action {
        case .nap: try await nap()
        case .zombie: try await zombie()
        case .crash: try await replace(SIGKILL, isClean: false)
        case .handover: try await replace(SIGTERM, isClean: true)
        case .join:
            await pool.start(plant: settings.plant)
            try await progress(100)
        case .leave:
            guard await pool.awake.count > 1, let name = await victim() else { return }
            await pool.end(name, SIGTERM)
            try await progress(100)
        case .groupDestroyed:
            try await rewind("DESTROY", [.string(Torture.stream), .string(TortureTiming.group)])
        case .groupSetBack: try await setBack()
        case .longerLease:
            await pool.start(plant: settings.plant, lease: TortureTiming.lease * 2)
            try await replace(SIGTERM, isClean: true)
        case .reload:
            for name in await pool.awake { await pool.send(SIGHUP, to: name) }
            try await progress(50)
        case .foreignReader: try await foreignRead()
        case .restart, .crashRedis, .failover, .laggingHandover, .laggingJoin, .snapshot, .cut, .silence:
            guard case .pair(let pair) = torture.redis else { throw NemesisFault(action: action) }
            try await perform(action, on: pair)
        case .orderedPromotion, .killedPrimary, .laggingPromotion, .stalePrimary, .isolatedPrimary, .slotMoved:
            guard case .selfHealing(let redis) = torture.redis else { throw NemesisFault(action: action) }
            try await perform(action, on: redis)
        }
    }

    private func victim() async -> String? { await pool.awake.first }

    /// Waits until Loops has taken some more, or for a moment when there is little to take.
    func progress(_ effects: Int) async throws {
        let target = torture.simulator.withSimulation { $0.state.effectCounts.values.reduce(0, +) } + Int64(effects)
        await torture.simulator.waitForEffects(count: Int(target), timeout: .milliseconds(500))
    }

    private func nap() async throws {
        guard let name = await victim() else { return }
        await pool.send(SIGSTOP, to: name)
        try await Pace.wait(TortureTiming.lease / 4)
        await pool.send(SIGCONT, to: name)
        try await progress(50)
    }

    /// Stops a replica until others have its partitions, and looks what it does when it wakes up.
    private func zombie() async throws {
        guard await pool.awake.count > 1, let name = await victim() else { return }
        await pool.send(SIGSTOP, to: name)
        let isTaken = try await awaitTakeover(from: name)
        let before = try await owners()
        let sequence = torture.simulator.requests().last?.sequence ?? 0
        await pool.send(SIGCONT, to: name)
        try await progress(50)
        let after = try await owners()
        guard isTaken else { return }
        // What it sent into partitions that had and kept another owner all the while, it sent as a zombie.
        for request in torture.simulator.requests(after: sequence) where request.replica == name {
            guard let (user, numbers) = request.numbered else { continue }
            let partition = TortureJudge.partition(user, of: TortureTiming.partitions)
            if let owner = before[partition], owner == after[partition], Self.name(of: owner) != name {
                torture.log.with { _ = $0.zombieRequests.insert("\(user)-\(numbers) by \(name)") }
            }
        }
    }

    func replace(_ signal: Int32, isClean: Bool) async throws {
        guard let name = await victim() else { return }
        let began = ContinuousClock.now
        await pool.end(name, signal)
        if await pool.awake.isEmpty {
            await pool.start(plant: settings.plant)
        } else if try await awaitTakeover(from: name) {
            let time = ContinuousClock.now - began
            torture.log.with { $0.takeovers.append((isClean, time)) }
            await pool.start(plant: settings.plant)
        }
        try await progress(50)
    }

    /// Sets the group back to the middle of what it has read.
    private func setBack() async throws {
        let entries = torture.publication.with { $0.published.keys.sorted() }
        guard let group = try await client.groupInfos(Torture.stream).first(where: { $0.name == TortureTiming.group }),
            let position = entries.last(where: { $0 <= group.lastDeliveredID }).flatMap({ entries.firstIndex(of: $0) })
        else { return }
        let id = entries[position / 2]
        try await rewind(
            "SETID",
            [.string(Torture.stream), .string(TortureTiming.group), .string(id.description)]
        )
    }

    /// Takes what the replicas have not read yet, as a program of another team does that was given the wrong group.
    private func foreignRead() async throws {
        try await torture.publish(client)
        let group: [RedisArgument] = ["GROUP", .string(TortureTiming.group), "a-stranger"]
        for _ in 0..<5 {
            _ = try await client.send(
                RedisCommand("XREADGROUP", group + ["COUNT", "10", "STREAMS", .string(Torture.stream), ">"])
            )
            try await torture.publish(client)
        }
        try await progress(100)
    }

    /// Changes the group behind the replicas' backs, and waits until they have noticed: the next look finds a group that goes on.
    private func rewind(_ subcommand: String, _ arguments: [RedisArgument]) async throws {
        try await torture.publish(client)
        try await progress(50)
        try await quietly {
            _ = try await client.send(RedisCommand("XGROUP", [.string(subcommand)] + arguments))
            try await progress(100)
            try await Pace.wait(TortureTiming.heartbeat * 4)
        }
    }

    /// Does something during which looks at Redis mean nothing.
    func quietly(_ body: () async throws -> Void) async throws {
        torture.watch.findings.with { $0.isSuspended = true }
        try await body()
        torture.watch.findings.with { $0.isSuspended = false }
        try await progress(50)
    }

    /// A producer that saw its events go publishes them again.
    /// - Parameter unexpected: whether this Redis should have lost nothing; the report counts what it did.
    func publishLostAgain(unexpected: Bool = false) async throws {
        let there = try await persistently { try await client.range(Torture.stream, count: 1_000_000).map(\.id) }
        let lost = torture.publication.with { $0.lose(but: Set(there)) }
        if unexpected { torture.log.with { $0.lostUnexpectedly += lost.count } }
        for item in lost { try await torture.publish(item, client) }
    }

    /// Leases by partition.
    private func owners() async throws -> [Int: String] {
        let command = RedisCommand("HGETALL", [.string(Self.leases)])
        let answer = try await persistently { try await client.send(command).array ?? [] }
        var owners: [Int: String] = [:]
        for index in stride(from: 0, to: answer.count - 1, by: 2) {
            if let partition = answer[index].integer { owners[Int(partition)] = answer[index + 1].text }
        }
        return owners
    }

    /// The replica's own name in a lease: `EPOCH NAME/…`.
    private static func name(of lease: String) -> String {
        String(lease.drop { $0 != " " }.dropFirst().prefix { $0 != "/" })
    }

    /// - Returns: whether others own all partitions before long.
    private func awaitTakeover(from name: String) async throws -> Bool {
        let deadline = ContinuousClock.now + TortureTiming.lease * 5
        while ContinuousClock.now < deadline {
            let owners = try await owners()
            let isTaken = owners.values.allSatisfy { !["-", "", name].contains(Self.name(of: $0)) }
            if isTaken && owners.count == TortureTiming.partitions { return true }
            try await Pace.wait(.milliseconds(10))
        }
        return false
    }
}
