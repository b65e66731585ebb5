import ArgumentParser
import Destination
import Logging
import Loops
import Metrics
import RedisStreams
import ServiceLifecycle
import UnixSignals

@testable import Bridge

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One replica of the bridge, as a process of its own that can be stopped, continued and ended like any other.
struct ReplicaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replica",
        abstract: "Run one replica; started by `torture run`."
    )

    @Option var redis: String
    @Option var loops: String
    @Option var key: String
    @Option var instance: String
    @Option var plant = InjectedFault.none
    @Option(help: "What it is configured with; what the group has may be longer.") var leaseMilliseconds = Int(
        TortureTiming.lease / .milliseconds(1)
    )
    @Flag(help: "Merge identifies as far as nothing is lost.") var merges = false
    @Flag(help: "Log on the error stream.") var verbose = false

    func run() async throws {
        var logger = Logger(label: instance) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .info : .error
        var configuration = BridgeConfiguration(
            redis: try RedisConfiguration(url: redis),
            loops: LoopsConfiguration(
                baseURL: loops,
                apiKey: key,
                requestTimeout: TortureTiming.requestTimeout,
                connectTimeout: TortureTiming.requestTimeout,
                userAgent: instance
            ),
            instance: instance
        )
        configuration.redis.commandTimeout = .seconds(1)
        configuration.redis.overdueGrace = .milliseconds(200)
        configuration.redis.backoffBase = .milliseconds(20)
        configuration.redis.backoffCap = .milliseconds(200)
        configuration.streams = TortureTiming.streams.map { .init(name: $0) }
        configuration.partitions = TortureTiming.partitions
        configuration.rateLimit = 0
        configuration.coalescing = merges ? .lossless : .off
        configuration.retry = RetryPolicy(base: .milliseconds(10), cap: .milliseconds(200))
        configuration.shutdownGrace = .seconds(2)
        configuration.lease = .milliseconds(leaseMilliseconds)
        configuration.heartbeat = TortureTiming.heartbeat
        configuration.lateEffect = plant == .lateEffectOff ? .zero : TortureTiming.lateEffect
        // The nemesis ends replicas far more often than any machine would.
        configuration.maxCrashes = 1000
        let settled = configuration
        try await LoopsClient.withClient(settled.loops) { loops in
            let bridge = Bridge(
                configuration: settled,
                destination: .presets,
                loops: loops,
                on: loops.eventLoop,
                factory: NOOPMetricsHandler.instance,
                logger: logger,
                faults: plant.faults
            )
            print("replica is up")
            // A pipe is not a terminal: without this the line would wait for many more.
            fflush(nil)
            try await ServiceGroup(
                services: [bridge, Reloads(bridge: bridge)],
                gracefulShutdownSignals: [.sigterm],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            ).run()
        }
    }
}

/// Loads the mappings again on SIGHUP, as the program does.
private struct Reloads: Service {
    let bridge: Bridge

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: [.sighup]) { bridge.reload(.presets) }
        }
    }
}
