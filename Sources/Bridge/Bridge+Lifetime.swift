import Logging
import RedisStreams

/// What runs inside of what while the bridge runs: connections around leases around acknowledging around delivering around reading. A stop
/// ends them from the inside out, so that nothing is cut off that still has something to finish.
extension Bridge {
    func serve(until stop: Wakeup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { connections in
            for client in clients { connections.addTask { await client.run() } }
            defer { connections.cancelAll() }
            try await leasing {
                try await self.acknowledging { try await self.delivering { try await self.reading(until: stop) } }
            }
        }
    }

    /// Keeps the leases while `body` reads, delivers and acknowledges, then gives them back.
    private func leasing(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers { group.addTask { try await consumer.renewLeases() } }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            // Ends with the body, or with a renewer that gives up.
            try await group.next()
        }
        gauges.stopping(.leaving)
        for consumer in consumers { await consumer.leave() }
    }

    /// Reads until `stop`, or until a reader gives up.
    private func reading(until stop: Wakeup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers { group.addTask { try await consumer.read() } }
            group.addTask { await self.recorder.run { self.sample } }
            group.addTask {
                await self.watchAccount()
                // Its end is none of reading.
                _ = await Wakeup().wait()
            }
            group.addTask { _ = await stop.wait() }
            defer { group.cancelAll() }
            try await group.next()
        }
        logger.info("Reading has ended")
    }

    /// Delivers while `body` reads, then lets what is under way end within the grace period.
    private func delivering(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliverer.run() }
            let result: Result<Void, any Error>
            do {
                try await body()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            gauges.stopping(.delivering)
            deliverer.drain()
            let grace = configuration.shutdownGrace
            group.addTask { try? await Task.sleep(for: grace) }
            // The first to end: the deliverer, or the grace period.
            _ = try await group.next()
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// Acknowledges while `body` delivers, then flushes.
    private func acknowledging(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Flush.self) { group in
            for consumer in consumers { group.addTask { .done(unconfirmed: await consumer.acknowledge()) } }
            let result: Result<Void, any Error>
            do {
                try await body()
                result = .success(())
            } catch {
                result = .failure(error)
            }
            gauges.stopping(.acknowledging)
            for consumer in consumers { consumer.state.acks.finish() }
            group.addTask {
                try? await Task.sleep(for: Self.flushTime)
                return .timeIsUp
            }
            var unconfirmed = 0
            var running = consumers.count
            while running > 0, let flush = try await group.next() {
                switch flush {
                case .done(let count):
                    running -= 1
                    unconfirmed += count
                case .timeIsUp: group.cancelAll()
                }
            }
            group.cancelAll()
            if unconfirmed > 0 {
                logger.warning(
                    "Some deliveries were not acknowledged; their entries stay pending and will be read again",
                    metadata: ["count": "\(unconfirmed)"]
                )
            }
            try result.get()
        }
    }

    private enum Flush: Sendable {
        case done(unconfirmed: Int)
        case timeIsUp
    }

    /// The time that the last flush of acknowledgements has after the grace period.
    private static let flushTime = Duration.seconds(5)
}
