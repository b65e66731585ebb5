import Loops
import RedisStreams
import StreamGroups
import Support
import Synchronization

/// The one limiter of all replicas that use an API key, in Redis.
struct RateLimiter: Sendable {
    let client: RedisClient
    let scripts: GroupScripts
    let key: String
    /// The most requests a second by the configuration; nil for what Loops says.
    let cap: Double?
    /// On a cluster, a stream's leases may live elsewhere than the limiter: the lease is then only checked by this process's clock.
    let checksLeases: Bool
    let streams: [StreamState]
    let times: RedisCommandTimes

    init(
        client: RedisClient,
        scripts: GroupScripts = GroupScripts(),
        key: String,
        cap: Double?,
        checksLeases: Bool,
        streams: [StreamState],
        times: RedisCommandTimes = .none
    ) {
        self.client = client
        self.scripts = scripts
        self.key = key
        self.cap = cap
        self.checksLeases = checksLeases
        self.streams = streams
        self.times = times
    }

    init(
        _ configuration: BridgeConfiguration,
        scripts: GroupScripts,
        streams: [StreamState],
        times: RedisCommandTimes,
        connections: inout RedisConnections
    ) {
        let key = GroupKeys.limiter(apiKey: configuration.loops.apiKey)
        self.init(
            // On a cluster the limiter may live on another server than any stream.
            client: configuration.redis.isCluster ? connections.connect(to: key) : streams[0].client,
            scripts: scripts,
            key: key,
            cap: configuration.rateLimit,
            checksLeases: !configuration.redis.isCluster,
            streams: streams,
            times: times
        )
    }

    /// Whether the limiter and the leases were found to live in different slots of a cluster that the address does not call one.
    let leasesAreApart = LeasesAreApart()

    /// - Throws: `RedisError`, whatever Redis answers that is no grant.
    func ask(_ request: PermitRequest) async throws -> PermitGrant {
        do {
            return try await ask(request, checksLease: checksLeases && !leasesAreApart.isKnown)
        } catch let error as RedisError where error.isOfSeveralSlots && !leasesAreApart.isKnown {
            // One server of a cluster with all slots takes everything but a call with keys of two.
            leasesAreApart.isFound()
            return try await ask(request, checksLease: false)
        }
    }

    private func ask(_ request: PermitRequest, checksLease: Bool) async throws -> PermitGrant {
        let state = checksLease ? request.stream.map { streams[$0] } : nil
        var fence: (leases: String, partition: Int, lease: String?)?
        if let state, let partition = request.partition {
            fence = (state.keys.leases, partition, state.lease(of: partition))
        }
        let call = AcquirePermitsScript(key: key, request: request, cap: cap, fence: fence)
        let clock = ContinuousClock()
        let start = clock.now
        defer { times.record(AcquirePermitsScript.source.name, clock.now - start) }
        let grant = try call.decode(
            await client.run(scripts[AcquirePermitsScript.source], keys: call.keys, arguments: call.arguments)
        )
        // Somebody else took the partition over: the next heartbeat tells.
        if grant.isFenced { state?.heartbeat.signal() }
        return grant
    }
}

/// Remembers a finding about the server for as long as the process lives.
final class LeasesAreApart: Sendable {
    private let found = Atomic(false)

    var isKnown: Bool { found.load(ordering: .relaxed) }

    func isFound() { found.store(true, ordering: .relaxed) }
}

extension RedisError {
    fileprivate var isOfSeveralSlots: Bool {
        if case .server(let error) = reason { error.code == "CROSSSLOT" } else { false }
    }
}
