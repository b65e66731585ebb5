import AsyncHTTPClient
import DevKit
import Logging
import LoopsSimulator
import NIOCore
import RedisStreams

/// A Redis, a simulator and replicas of the real program, each a process as in production.
struct Site: Sendable {
    struct Replica: Sendable {
        let child: ChildProcess
        let port: Int
    }

    let client: RedisClient
    let simulator: LoopsSimulator
    let replicas: [Replica]

    /// Nanoseconds of the clock that the simulator's journal uses.
    static var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    /// - Parameters:
    ///   - prepare: before the replicas start.
    ///   - environment: for the replicas.
    static func run<Result: Sendable>(
        replicas: Int,
        simulation: SimulatorConfiguration,
        environment: [String: String] = [:],
        options: BudgetCommand.Options,
        prepare: @Sendable @escaping (RedisClient) async throws -> Void = { _ in },
        body: @Sendable @escaping (Site) async throws -> Result
    ) async throws -> Result {
        let program = options.program
        return try await RedisServer.run(arguments: ["--save", ""]) { redis in
            var settled = simulation
            settled.bounds.journalEntriesMaximum = 1_000_000
            return try await LoopsSimulator.withRunning(settled) { simulator, ports in
                var configuration = try RedisConfiguration(url: redis.url)
                configuration.commandTimeout = .seconds(60)
                let client = RedisClient(
                    configuration: configuration,
                    logger: Logger(label: "budget") { _ in SwiftLogNoOpLogHandler() }
                )
                let common = [
                    "REDIS_URL": redis.url, "LOOPS_API_KEY": TeamSeed.defaultKey,
                    "LOOPS_BASE_URL": "\(ports.baseURL)/v1", "LOG_LEVEL": "error",
                ]
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    try await prepare(client)
                    return try await start(replicas, program, common.merging(environment) { $1 }, []) { running in
                        try await body(Site(client: client, simulator: simulator, replicas: running))
                    }
                }
            }
        }
    }

    private static func start<Result: Sendable>(
        _ count: Int,
        _ program: String,
        _ environment: [String: String],
        _ running: [Replica],
        body: @Sendable @escaping ([Replica]) async throws -> Result
    ) async throws -> Result {
        if count == 0 { return try await body(running) }
        let port = FreePort.take()
        var own = environment
        own["HTTP_PORT"] = String(port)
        own["BRIDGE_INSTANCE"] = "replica-\(count)"
        return try await ChildProcess.run(program, arguments: ["run"], environment: own) { child in
            try await start(count - 1, program, environment, running + [Replica(child: child, port: port)], body: body)
        }
    }

    /// Waits until every replica owns its share of every stream.
    func settled(streams: Int = 1) async throws {
        while true {
            let members = try await metric("loops_bridge_group_members")
            let owned = try await metric("loops_bridge_partitions_assigned")
            if members.allSatisfy({ $0 == Double(replicas.count * streams) }), owned.allSatisfy({ $0 > 0 }) { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// A metric of each replica, its series added up; 0 where there is none.
    func metric(_ name: String) async throws -> [Double] {
        var values: [Double] = []
        for replica in replicas {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(replica.port)/metrics")
            guard let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)) else {
                values.append(0)
                continue
            }
            let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
            let lines = text.split(separator: "\n").filter { $0.hasPrefix(name) }
            values.append(lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +))
        }
        return values
    }

    /// Waits until the group has nothing left to do.
    func drained(_ stream: String) async throws {
        while true {
            let info = try await client.streamInfo(stream)
            if let group = try await client.groupInfos(stream).first, group.pending == 0,
                group.lastDeliveredID == info.lastGeneratedID
            {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension SimulatorConfiguration {
    /// Loops with this limiter: it takes its time to answer, and the way there is not always equally long.
    static func limited(_ kind: RateLimiterConfiguration.Kind, _ limit: Int, seed: UInt64) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.randomSeed = seed
        configuration.limiter = RateLimiterConfiguration(kind: kind, limit: limit)
        configuration.faults = [
            FaultRule("way", .delay(.even(milliseconds: 0...4), .arrival)),
            FaultRule("work", .delay(.even(milliseconds: 40...120), .afterCommit)),
        ]
        return configuration
    }
}
