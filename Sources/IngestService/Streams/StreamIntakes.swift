import Ingest
import Logging
import RedisStreams
import Synchronization

/// The intakes of all streams: one for each, with a connection of its own. ``run()`` is their lifetime; keys that are loaded later may name new ones.
final class StreamIntakes: Sendable {
    struct Options: Sendable {
        var redis: RedisConfiguration
        /// What people call this process.
        var instance: String
        var shards = 1
        var maxLength = 0
        var replicas = 0
        var limits = HoldQueue.Limits()
    }

    private struct One: Sendable {
        let intake: StreamIntake
        let reporter: StreamReporter
        let client: RedisClient
    }

    private struct State {
        var intakes: [String: One] = [:]
        var isStopping = false
    }

    private let options: Options
    private let metrics: IngestMetrics
    private let logger: Logger
    /// Names this process and no other one.
    private let id: String
    private let state = Mutex(State())
    private let added: AsyncStream<One>
    private let adding: AsyncStream<One>.Continuation
    /// All streams together.
    private static let bytesMax = 64 << 20

    init(options: Options, metrics: IngestMetrics, logger: Logger) {
        self.options = options
        self.metrics = metrics
        self.logger = logger
        // Not too long for whoever reads it.
        let name = String(String.UnicodeScalarView(options.instance.unicodeScalars.prefix(40)))
        id = "\(name)/\(String(UInt32.random(in: .min ... .max), radix: 16))"
        (added, adding) = AsyncStream.makeStream()
    }

    /// What a look at each stream shows, by its name.
    var snapshots: [(stream: String, snapshot: StreamIntake.Snapshot)] {
        state.withLock { Array($0.intakes) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.intake.snapshot) }
    }

    /// Sees to it that events may be added to these streams.
    func open(_ streams: some Sequence<String>) {
        state.withLock { state in
            for stream in streams where state.intakes[stream] == nil && !state.isStopping {
                let one = make(stream)
                state.intakes[stream] = one
                adding.yield(one)
            }
        }
    }

    func add(_ events: [AcceptScript.Event], to stream: String) async -> StreamIntake.Outcome {
        guard let one = state.withLock({ $0.intakes[stream] }) else { return .failure(.stopped) }
        return await one.intake.add(events)
    }

    /// Events of a request are in a stream.
    func count(_ accepted: StreamIntake.Accepted, in stream: String, key: String, library: String) {
        reporter(of: stream)?.count(accepted, key: key, library: library)
    }

    /// Events of a request that was accepted were dropped. They would have gone to this stream, or to another one beside it.
    func count(_ dropped: [IngestDropReason: Int], in stream: String, key: String) {
        if !dropped.isEmpty { reporter(of: stream)?.count(dropped, key: key) }
    }

    private func reporter(of stream: String) -> StreamReporter? { state.withLock { $0.intakes[stream]?.reporter } }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await one in added {
                group.addTask {
                    await withTaskGroup(of: Void.self) { pair in
                        pair.addTask { await one.client.run() }
                        await one.reporter.run(one.intake)
                        pair.cancelAll()
                    }
                }
            }
        }
    }

    /// Takes nothing more; what is held comes to its end, and ``run()`` with it.
    func stop() {
        let intakes = state.withLock { state in
            state.isStopping = true
            return state.intakes.values.map(\.intake)
        }
        adding.finish()
        for intake in intakes { intake.stop() }
    }

    private func make(_ stream: String) -> One {
        var redis = options.redis
        redis.clientName = "loops-bridge-ingest"
        if redis.isCluster { redis.slotKey = stream }
        // A request waits for a connection for five seconds at most: no attempt is to come later than that.
        redis.backoffCap = min(redis.backoffCap, .milliseconds(500))
        redis.connectTimeout = min(redis.connectTimeout, .seconds(2))
        var limits = options.limits
        limits.bytes = min(limits.bytes, max(4 << 20, Self.bytesMax / options.shards))
        let client = RedisClient(configuration: redis, logger: logger)
        let intake = StreamIntake(
            stream: stream,
            client: client,
            maxLength: options.maxLength,
            replicas: options.replicas,
            limits: limits,
            observer: metrics.observer(stream: stream),
            logger: logger
        )
        let reporter = StreamReporter(
            stream: stream,
            intake: id,
            client: client,
            // With many streams, each is told of less often, and still well before its report ends.
            interval: .seconds(max(2, Double(options.shards) / 125)),
            logger: logger
        )
        return One(intake: intake, reporter: reporter, client: client)
    }
}
