import Bridge
package import BridgeService
package import Destination
import Ingest
package import Logging
import MetricCatalog
import Metrics
import NIOCore
import PrometheusMetrics
import RedisStreams
import ServiceLifecycle
package import UnixSignals

/// Settings to a running intake: the one place that knows all its parts.
package struct IngestAssembly {
    private let settings: Settings
    private let keysPath: String
    private let keys: IngestKeys
    private let certificate: ServerCertificate?
    private let webhook: LoopsWebhook?
    private let destination: Destination
    private let logger: Logger
    /// Called with the address of the intake, and of the admin endpoints, once they listen.
    package var onListening: @Sendable (String) async -> Void = { _ in }
    package var onAdminListening: @Sendable (String) async -> Void = { _ in }
    /// What ends the program, beside SIGHUP that loads keys again. Empty when somebody else takes all signals.
    package var signals: [UnixSignal] = [.sigterm, .sigint]

    /// How long a connection may take for what comes next. A body that is too large is read for a while, so that its sender reads the answer.
    var connectionLimits = ConnectionClock.Limits()

    /// Nothing can be taken in: it says why.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// How long an answer may take at most, and a little: what is held when the program is to end is still answered.
    private static let shutdownGrace = Duration.seconds(15)

    /// - Parameter destination: the mappings, for `ingest.drop: unmapped`.
    /// - Throws: ``Unusable``, ``ServerCertificate/Fault``
    package init(settings: Settings, destination: Destination, logger: Logger? = nil) throws {
        guard let path = settings.ingest.keys else {
            throw Unusable(description: "ingest.keys is not set: set INGEST_KEYS to a file of write keys")
        }
        do {
            keys = try IngestReloader.keys(path: path, defaultStream: settings.ingest.stream)
        } catch {
            throw Unusable(description: "\(path): the write keys cannot be used: \(error)")
        }
        if let certificateFile = settings.ingest.tlsCertificate, let keyFile = settings.ingest.tlsKey {
            certificate = try ServerCertificate(certificateFile: certificateFile, keyFile: keyFile)
        } else {
            certificate = nil
        }
        webhook = try Self.webhook(settings.ingest)
        keysPath = path
        self.settings = settings
        self.destination = destination
        self.logger = logger ?? Loggers.logger(settings.log)
    }

    private static func webhook(_ settings: IngestSettings) throws(Unusable) -> LoopsWebhook? {
        var text = settings.loopsWebhookSecret
        if let path = settings.loopsWebhookSecretFile {
            do throws(BoundedFile.Fault) {
                text = try BoundedFile.text(path, upTo: BoundedFile.secretBytesMax)
            } catch {
                throw Unusable(
                    description: "\(path): the file of ingest.loopsWebhookSecretFile cannot be read: \(error)"
                )
            }
        }
        guard let text else { return nil }
        do throws(LoopsWebhookSecretError) {
            let secrets = text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            return try LoopsWebhook(secrets: secrets, stream: settings.loopsWebhookStream)
        } catch {
            throw Unusable(description: "ingest.loopsWebhookSecret: the value (hidden) cannot be used: \(error)")
        }
    }

    /// Runs until a signal or a failure.
    package func run() async throws {
        for warning in settings.warnings { logger.warning("A setting is not safe", metadata: ["error": "\(warning)"]) }
        let hangups = signals.isEmpty ? nil : await UnixSignalsSequence(trapping: [.sighup])
        let registry = MetricRegistry(descriptions: MetricDescription.ingest)
        let factory = PrometheusMetricsFactory(registry: registry)
        ProcessMetrics.install(in: registry)
        Version.record(in: factory)
        let metrics = IngestMetrics(factory: factory)
        metrics.loaded()
        let streams = StreamIntakes(options: streamOptions, metrics: metrics, logger: logger)
        let intake = Intake(settings: settings.ingest, pipeline: pipeline(keys), streams: streams, metrics: metrics)
        let connections = connections(metrics)
        registry.onScrape { metrics.show(streams.snapshots, connections: connections.count) }
        let (triggers, trigger) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let reloader = IngestReloader(
            path: keysPath,
            defaultStream: settings.ingest.stream,
            shards: settings.ingest.shards,
            redis: settings.bridge.redis,
            makePipeline: { [self] in pipeline($0) },
            certificate: certificate,
            intake: intake,
            streams: streams,
            otherStreams: [webhook?.key.stream].compactMap(\.self),
            metrics: metrics,
            logger: logger,
            triggers: triggers,
            trigger: trigger
        )
        let health = IngestHealth()
        let probes = ProbeServer(settings: settings, registry: registry, factory: factory, logger: logger) {
            IngestReadiness.checks(health, streams.snapshots)
        }
        let server = IngestServer(
            settings: settings.ingest,
            intake: intake,
            connections: connections,
            certificate: certificate,
            health: health,
            logger: logger,
            prepare: { [logger, keys] in try await Self.prepare(reloader, keys, logger) },
            onListening: { [logger, onListening] address in
                logger.notice("The intake is up", metadata: ["address": "\(address)", "version": "\(Version.text)"])
                await onListening(address)
            }
        )
        // The last one stops first: probes and metrics are there to the end, and streams take what the server still answers.
        var services: [any Service] = [probes.service(onListening: onAdminListening)]
        if let hangups { services.append(SIGHUPListener(signals: hangups) { trigger.yield() }) }
        services += [reloader, StreamIntakesService(streams: streams), server]
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: signals,
            logger: logger.at(.warning)
        )
        group.maximumGracefulShutdownDuration = Self.shutdownGrace
        // Behind it the process is ended without a word, so it is for what hangs, not for a machine that is busy.
        group.maximumCancellationDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
        withExtendedLifetime(hangups) {}
    }

    private var streamOptions: StreamIntakes.Options {
        StreamIntakes.Options(
            redis: settings.bridge.redis,
            instance: settings.bridge.instance,
            shards: settings.ingest.shards,
            maxLength: settings.ingest.maxLength,
            replicas: settings.ingest.waitReplicas
        )
    }

    private func pipeline(_ keys: IngestKeys) -> IngestPipeline {
        var options = IngestPipeline.Options()
        options.limits.bodyBytes = settings.ingest.maxBodyBytes
        options.acceptsPixels = settings.ingest.acceptsPixels
        options.storesAddress = settings.ingest.storesAddress
        options.apiHost = settings.ingest.apiHost
        options.contactPaths = settings.bridge.contactPaths
        let filter = IngestFilter(Set(settings.ingest.drop), contactPaths: settings.bridge.contactPaths) {
            [destination] event in destination.matches(event)
        }
        return IngestPipeline(keys: keys, filter: filter, options: options, webhook: webhook)
    }

    private func connections(_ metrics: IngestMetrics) -> IngestConnections {
        var limits = connectionLimits
        limits.bodyBytes = settings.ingest.maxBodyBytes + BodyReader.discarded + (1 << 20)
        // For other files and connections of the process.
        let files = OpenFiles.raiseLimit().map { max(8, $0 - 128) } ?? settings.ingest.maxConnections
        if files < settings.ingest.maxConnections {
            logger.warning(
                "The open-file limit is low; the intake accepts fewer connections",
                metadata: ["connections": "\(files)"]
            )
        }
        let forwarded = ForwardedAddress(trusted: settings.ingest.trustedProxies)
        return IngestConnections(
            limit: min(files, settings.ingest.maxConnections),
            limitPerAddress: settings.ingest.maxConnectionsPerAddress,
            limits: limits,
            bodyBytes: settings.ingest.maxBodyBytes,
            isExempt: { address in address.ipAddress.map { forwarded.isTrusted($0) } ?? true },
            dropped: metrics.droppedConnections
        )
    }

    /// Opens the streams of keys, once Redis answers.
    private static func prepare(_ reloader: IngestReloader, _ keys: IngestKeys, _ logger: Logger) async throws {
        while true {
            do {
                return try await cancelWhenGracefulShutdown { try await reloader.open(keys) }
            } catch let error as RedisError {
                if Task.isShuttingDownGracefully { return }
                logger.warning("The intake waits for Redis", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}
