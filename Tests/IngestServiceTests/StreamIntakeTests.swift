import DevKit
import Foundation
import Logging
import RedisStreams
import Support
import Synchronization
import Testing

@testable import IngestService

@Suite("Adding events to one stream", .tags(.servers), .timeLimit(.minutes(2)))
struct StreamIntakeTests {
    private static let stream = "segment:events"

    /// An intake that runs as long as `body`.
    private func withIntake<Result: Sendable>(
        _ url: String,
        maxLength: Int = 0,
        replicas: Int = 0,
        limits: HoldQueue.Limits = .init(),
        _ body: @Sendable @escaping (StreamIntake) async throws -> Result
    ) async throws -> Result {
        try await withClient(url) { client in
            let intake = StreamIntake(
                stream: Self.stream,
                client: client,
                maxLength: maxLength,
                replicas: replicas,
                limits: limits,
                logger: quiet
            )
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await intake.run() }
                defer { group.cancelAll() }
                return try await body(intake)
            }
        }
    }

    /// Long enough for any machine.
    private var patient: HoldQueue.Limits {
        var limits = HoldQueue.Limits()
        limits.hold = .seconds(60)
        return limits
    }

    private var hasty: HoldQueue.Limits {
        var limits = HoldQueue.Limits()
        limits.hold = .milliseconds(200)
        return limits
    }

    @Test("Each part is told what came of its own events, also when several go into one call")
    func counts() async throws {
        try await withRedis { server, redis async throws in
            try await withIntake(server.url, limits: patient) { intake in
                #expect(await intake.add(events(["a", "b"])) == .success(.init(added: 2, duplicates: 0)))
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<40 {
                        group.addTask {
                            let part = events(["a", "n\(index)", "b", "n\(index)"])
                            let outcome = await intake.add(part)
                            #expect(outcome == .success(.init(added: 1, duplicates: 3)))
                        }
                    }
                }
                let payloads = try await redis.payloads(Self.stream)
                #expect(payloads.count == 42)
                #expect(intake.snapshot.length == 42)
            }
        }
    }

    @Test("A request of more events than a call may have goes in as several, in order")
    func large() async throws {
        try await withRedis { server, redis async throws in
            try await withIntake(server.url, limits: patient) { intake in
                let ids = (0..<2500).map { "m\($0)" }
                async let second = intake.add(events(ids.reversed()))
                _ = await intake.add(events(ids))
                _ = await second
                let payloads = try await redis.payloads(Self.stream)
                #expect(payloads == ids || payloads == ids.reversed())
            }
        }
    }

    @Test("What comes while Redis is away is held, added in order when it is back, and nothing is added twice")
    func outage() async throws {
        try await RedisServer.run(appendOnly: true, arguments: ["--appendfsync", "always"]) { server in
            try await withIntake(server.url, limits: patient) { intake in
                #expect(await intake.add(events(["before"])) == .success(.init(added: 1, duplicates: 0)))
                await server.stop(SIGKILL)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<20 {
                        let held = intake.snapshot.held
                        group.addTask {
                            let outcome = await intake.add(events(["m\(index)"]))
                            #expect(outcome == .success(.init(added: 1, duplicates: 0)))
                        }
                        while intake.snapshot.held == held { await Task.yield() }
                    }
                    try await server.start()
                    try await group.waitForAll()
                }
                try await withClient(server.url) { redis async throws in
                    let payloads = try await redis.payloads(Self.stream)
                    #expect(payloads == ["before"] + (0..<20).map { "m\($0)" })
                }
            }
        }
    }

    @Test("After its time a held part is refused, and Redis adds it neither then nor later")
    func heldTooLong() async throws {
        try await withRedis { server, redis async throws in
            try await withIntake(server.url, limits: hasty) { intake in
                server.send(SIGSTOP)
                let outcome = await intake.add(events(["m1"]))
                server.send(SIGCONT)
                #expect(outcome == .failure(.heldTooLong(outageSeconds: 0)))
                // The connection's own commands came before this one.
                while intake.snapshot.outageSince != nil || intake.snapshot.succeededAt == nil { await Task.yield() }
                let payloads = try await redis.payloads(Self.stream)
                #expect(payloads == [])
            }
        }
    }

    /// Adds an event, waits for this cause of its wait, and takes the cause away.
    private func add(
        _ id: String,
        to intake: StreamIntake,
        until isCause: (CallFailure) -> Bool,
        then mend: () async throws -> Void
    ) async throws -> StreamIntake.Outcome {
        async let outcome = intake.add(events([id]))
        while intake.snapshot.failure.map({ !isCause($0) }) ?? true { await Task.yield() }
        try await mend()
        return await outcome
    }

    @Test("A full stream, a full memory and too few replicas are told apart, and the events are held")
    func failures() async throws {
        try await withRedis { server, redis async throws in
            try await withIntake(server.url, maxLength: 1, limits: patient) { intake in
                _ = await intake.add(events(["m1"]))
                // Whoever reads it makes room.
                let outcome = try await add("m2", to: intake, until: { $0 == .streamFull(length: 1) }) {
                    _ = try await redis.send(RedisCommand("XTRIM", ["segment:events", "MAXLEN", "0"]))
                }
                #expect(outcome == .success(.init(added: 1)))
            }
            _ = try await redis.send(RedisCommand("CONFIG", ["SET", "maxmemory", "1"]))
            try await withIntake(server.url, limits: patient) { intake in
                let outcome = try await add("m3", to: intake, until: { $0.word == "memory" }) {
                    _ = try await redis.send(RedisCommand("CONFIG", ["SET", "maxmemory", "0"]))
                }
                #expect(outcome == .success(.init(added: 1)))
            }
            var limits = hasty
            limits.hold = .seconds(2)
            try await withIntake(server.url, replicas: 1, limits: limits) { intake in
                let outcome = try await add("m4", to: intake, until: { $0 == .replicas(0, wanted: 1) }) {}
                guard case .failure(.heldTooLong) = outcome else { return #expect(Bool(false), "\(outcome)") }
            }
        }
    }

    @Test("With a replica that follows, ingest.waitReplicas is met")
    func replica() async throws {
        try await RedisServer.run { primary in
            try await RedisServer.run(arguments: ["--replicaof", "127.0.0.1 \(primary.port)"]) { replica in
                try await withIntake(primary.url, replicas: 1, limits: patient) { intake in
                    // Before the replica has come, the event is added, and not confirmed.
                    let first = await intake.add(events(["m1"]))
                    #expect(first == .success(.init(added: 1)) || first == .success(.init(duplicates: 1)))
                    // A repetition has to be confirmed as well.
                    #expect(await intake.add(events(["m1"])) == .success(.init(duplicates: 1)))
                    try await withClient(replica.url) { redis async throws in
                        let payloads = try await redis.payloads(Self.stream)
                        #expect(payloads == ["m1"])
                    }
                }
            }
        }
    }

    @Test("Once stopped it takes nothing, adds what is held, and ends")
    func stop() async throws {
        try await withRedis { server, redis async throws in
            try await withClient(server.url) { client in
                let intake = StreamIntake(stream: Self.stream, client: client, limits: patient, logger: quiet)
                async let held = intake.add(events(["m1"]))
                while intake.snapshot.held == 0 { await Task.yield() }
                intake.stop()
                #expect(await intake.add(events(["m2"])) == .failure(.stopped))
                await intake.run()
                #expect(await held == .success(.init(added: 1)))
                let payloads = try await redis.payloads(Self.stream)
                #expect(payloads == ["m1"])
            }
        }
    }

    @Test("Without requests an outage is known, and its end")
    func probe() async throws {
        try await withRedis { server, _ in
            try await withIntake(server.url) { intake in
                while intake.snapshot.succeededAt == nil { await Task.yield() }
                await server.stop(SIGKILL)
                while intake.snapshot.failure == nil { await Task.yield() }
                try await server.start()
                while intake.snapshot.failure != nil { await Task.yield() }
                #expect(intake.snapshot.outageSince == nil)
            }
        }
    }
}
