import Crypto
import RedisStreams

/// The one limiter of all replicas that use an API key, in Redis.
struct Limiter: Sendable {
    let client: RedisClient
    let script: RedisScript
    let key: String
    /// The most requests a second by the configuration; nil for what Loops says.
    let cap: Double?
    /// On a cluster, a stream's leases may live elsewhere than the limiter: the lease is then only checked by this process's clock.
    let checksLeases: Bool
    let sessions: [StreamSession]
    var times = RedisCommandTimes.none

    /// The key of the limiter. It says nothing of the API key: others who see Redis' keys must not learn it.
    static func key(apiKey: String) -> String {
        "{loops-bridge:limiter:\(SHA256.hash(data: Array("loops-bridge limiter \(apiKey)".utf8)).prefix(6).hexadecimal)}"
    }

    /// - Returns: nil when Redis could not be asked.
    func ask(_ request: PermitRequest) async -> PermitGrant? {
        var keys = [key]
        var fence: [String] = []
        var session: StreamSession?
        if checksLeases, let stream = request.stream, let partition = request.partition {
            session = sessions[stream]
            keys.append(sessions[stream].keys.leases)
            fence = [String(partition), sessions[stream].withLeases { $0.lease(of: partition) } ?? "none"]
        }
        let news = request.news
        let arguments =
            [
                String(request.count), String(cap ?? 0), news.limit.map(String.init) ?? "", news.refused ? "1" : "0",
                news.isBack ? "1" : "0", news.others.map { String($0) } ?? "",
            ] + fence
        guard
            let answer = try? await times.measure(
                script.name,
                { try await client.run(script, keys: keys, arguments: arguments.map { .string($0) }) }
            ),
            let grant = try? PermitGrant(answer)
        else { return nil }
        // Somebody else took the partition over: the next heartbeat tells.
        if grant.isOthers { session?.beatWanted.signal() }
        return grant
    }
}
