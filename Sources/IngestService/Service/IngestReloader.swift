import BridgeService
import Ingest
import Logging
import RedisStreams
import ServiceLifecycle

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Loads write keys and the certificate: at the start, when their files change, and when it is told to. What cannot be used is refused, and what is in
/// force stays: servers' libraries drop at once what is answered with 401.
struct IngestReloader: Service {
    /// Between two looks at the files.
    private static let interval = Duration.seconds(1)

    let path: String
    let defaultStream: String
    let shards: Int
    let redis: RedisConfiguration
    let makePipeline: @Sendable (IngestKeys) -> IngestPipeline
    let certificate: ServerCertificate?
    let intake: Intake
    let streams: StreamIntakes
    /// Those that no key of the file names.
    let otherStreams: [String]
    let metrics: IngestMetrics
    let logger: Logger
    let triggers: AsyncStream<Void>
    let trigger: AsyncStream<Void>.Continuation

    /// - Throws: `IngestKeysError` or ``BoundedFile/Fault``
    static func keys(path: String, defaultStream: String) throws -> IngestKeys {
        let bytes = try BoundedFile.bytes(path, upTo: IngestKeysFile.bytesMax)
        return try IngestKeysFile.parse(bytes, defaultStream: defaultStream)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watch() }
                for await _ in triggers { await load() }
                group.cancelAll()
            }
        }
    }

    private func watch() async {
        let paths = [path, certificate?.certificateFile, certificate?.keyFile].compactMap(\.self)
        var known = paths.map { MappingsReloader.FileVersion(path: $0) }
        while true {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let now = paths.map { MappingsReloader.FileVersion(path: $0) }
            // A file that is gone for a moment is being replaced.
            guard now != known, !now.contains(nil) else { continue }
            known = now
            trigger.yield()
        }
    }

    private func load() async {
        do {
            let keys = try Self.keys(path: path, defaultStream: defaultStream)
            try await open(keys)
            try certificate?.reload()
            intake.use(makePipeline(keys))
            metrics.reloaded(isAccepted: true)
            if let exposed = ExposedFile("ingest.keys", path: path) {
                logger.warning("A setting is not safe", metadata: ["error": "\(exposed)"])
            }
            logger.notice("Write keys reloaded", metadata: ["keys": "\(keys.keys.count)"])
        } catch {
            metrics.reloaded(isAccepted: false)
            logger.error(
                "Write keys or certificate are unusable; keeping the current ones",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Opens the streams of keys.
    /// - Throws: ``ShardRecord/Conflict``, or `RedisError` when Redis does not answer.
    func open(_ keys: IngestKeys) async throws {
        for stream in Set(keys.keys.map(\.stream) + otherStreams).sorted() {
            let shards = IngestShards(stream: stream, count: shards)
            try await ShardRecord(redis: redis, shards: shards).check(logger: logger)
            streams.open(shards.streams)
        }
    }
}
