import DevKit
import RedisStreams

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is done to a Redis and a standby that the nemesis promotes itself.
extension Nemesis {
    func perform(_ action: Schedule.Action, on pair: RedisPair) async throws {
        switch action {
        case .restart: try await restart(pair, SIGTERM)
        case .crashRedis: try await restart(pair, SIGKILL)
        case .failover: try await failOver(pair)
        case .laggingHandover: try await failOver(pair) { try await replace(SIGTERM, isClean: true) }
        case .laggingJoin:
            try await failOver(pair) {
                await pool.start(plant: settings.plant)
                try await progress(100)
            }
        case .snapshot: try await snapshot(pair)
        case .cut:
            pair.relay.cut()
            try await progress(50)
        case .silence:
            pair.relay.pause()
            try await Pace.wait(TortureTiming.lease + TortureTiming.heartbeat)
            pair.relay.resume()
            try await progress(50)
        default: throw NemesisFault(action: action)
        }
    }

    /// Redis ends and comes back with all that it had. Should it have lost something all the same, the producer publishes that again before it
    /// goes on: later it would come behind what follows it.
    private func restart(_ pair: RedisPair, _ signal: Int32) async throws {
        try await quietly {
            try await pair.restart(signal)
            try await publishLostAgain(unexpected: true)
        }
    }

    /// - Parameter meanwhile: what else Redis forgets.
    private func failOver(_ pair: RedisPair, _ meanwhile: () async throws -> Void = {}) async throws {
        // The standby has what there is so far.
        _ = try await client.send(RedisCommand("WAIT", ["1", "2000"]))
        pair.stopCopying()
        // What happens now is lost by Redis and known to replicas and to Loops.
        try await torture.publish(client)
        try await progress(100)
        try await meanwhile()
        try await quietly {
            try await pair.failOver()
            try await publishLostAgain()
        }
    }

    /// Redis ends and comes back with what it had before two owners ended entries.
    private func snapshot(_ pair: RedisPair) async throws {
        try await torture.publish(client)
        try await progress(100)
        let copy = try pair.copyFiles()
        try await torture.publish(client)
        try await progress(100)
        try await replace(SIGTERM, isClean: true)
        try await quietly {
            try await pair.restart(from: copy)
            try await publishLostAgain()
        }
    }
}
