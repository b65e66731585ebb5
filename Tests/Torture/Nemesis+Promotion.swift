import DevKit
import RedisStreams

@testable import Bridge

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is done to a Redis that promotes its standby by itself.
extension Nemesis {
    func perform(_ action: Schedule.Action, on redis: any SelfHealingRedis) async throws {
        switch action {
        case .orderedPromotion:
            try await promotion(redis) { _, standby in
                try await redis.handOver(to: standby)
                try await redis.tookOver(standby)
            }
        case .killedPrimary: try await promotion(redis) { try await kill($0, standby: $1, redis) }
        case .laggingPromotion:
            try await promotion(redis) { primary, standby in
                // The standby is not let in any more: it lags.
                try await primary.admit(RedisServer.copier, false)
                // What happens now is lost by Redis and known to replicas and to Loops.
                try await torture.publish(client)
                try await progress(100)
                try await replace(SIGTERM, isClean: true)
                try await kill(primary, standby: standby, redis)
            }
        case .stalePrimary: try await promotion(redis) { try await stale($0, standby: $1, redis) }
        case .isolatedPrimary:
            guard let sentinels = redis as? RedisSentinels else { throw NemesisFault(action: action) }
            try await promotion(redis) { try await isolate($0, standby: $1, sentinels) }
        case .slotMoved:
            guard let cluster = redis as? RedisCluster else { throw NemesisFault(action: action) }
            try await moveSlot(cluster)
        default: throw NemesisFault(action: action)
        }
    }

    /// - Parameter body: at its end the standby takes writes, and the other server runs.
    private func promotion(
        _ redis: any SelfHealingRedis,
        _ body: (_ primary: RedisServer, _ standby: RedisServer) async throws -> Void
    ) async throws {
        try await torture.publish(client)
        let (primary, standby) = try await redis.roles()
        try await redis.follows(standby)
        try await quietly {
            try await body(primary, standby)
            try await redis.follows(primary)
            try await publishLostAgain()
        }
    }

    private func kill(_ primary: RedisServer, standby: RedisServer, _ redis: any SelfHealingRedis) async throws {
        await primary.stop(SIGKILL)
        try await redis.tookOver(standby)
        try await primary.start()
    }

    /// The old primary wakes up and takes writes until it is told that it is none any more: a producer's and, if they do not look, replicas'.
    private func stale(_ primary: RedisServer, standby: RedisServer, _ redis: any SelfHealingRedis) async throws {
        primary.send(SIGSTOP)
        try await redis.tookOver(standby)
        try await torture.publish(client)
        primary.send(SIGCONT)
        for number in 0..<20 {
            let event = "{\"type\":\"identify\",\"userId\":\"nobody-\(number)\",\"messageId\":\"stale-\(number)\"}"
            // Refused once it knows: then there is no more harm to be done.
            try await RedisCLI.run(port: primary.port, "xadd", Torture.stream, "*", "event", event)
        }
        try await torture.publish(client)
    }

    private func isolate(_ primary: RedisServer, standby: RedisServer, _ sentinels: RedisSentinels) async throws {
        for user in [RedisServer.copier, RedisServer.watcher] { try await primary.admit(user, false) }
        try await sentinels.tookOver(standby)
        // It asks the sentinels, and goes to the new primary. The others' connections to the old one are open, and so is the nemesis' own.
        await pool.start(plant: settings.plant)
        let end = ContinuousClock.now + TortureTiming.lease * 2 + MajorityConfirmation.promotionDelay
        try await RedisPair.withClient(primary.url) { old in
            try await RedisPair.withClient(standby.url) { new in
                while ContinuousClock.now < end {
                    try await torture.publish(old, toStale: true)
                    try await torture.publish(new)
                    try await progress(100)
                }
            }
        }
        for user in [RedisServer.copier, RedisServer.watcher] { try await primary.admit(user, true) }
    }

    /// There and back: a standby takes over only what its primary serves.
    private func moveSlot(_ cluster: RedisCluster) async throws {
        let slot = HashSlot(Torture.stream).number
        let (home, _) = try await cluster.roles()
        guard let away = cluster.primaries.first(where: { $0.port != cluster.original.port }) else { return }
        try await quietly {
            for (source, target) in [(home, away), (away, home)] {
                try await torture.publish(client)
                try await cluster.beginMove(of: slot, from: source, to: target)
                try await torture.publish(client)
                try await cluster.moveKeys(of: slot, from: source, to: target)
                try await torture.publish(client)
                try await cluster.endMove(of: slot, to: target)
                try await progress(100)
            }
        }
    }
}
