package import Bridge
package import Destination
import HTTPTransport
package import Logging
import Loops
import MetricCatalog
import Metrics
import NIOCore
import PrometheusMetrics
package import ServiceLifecycle
package import UnixSignals

/// Settings to a running program: the one place that knows all parts.
package struct Assembly {
    let settings: Settings
    let destination: Destination
    package var logger: Logger
    /// Called with the address of the admin endpoints once they listen.
    package var onAdminListening: @Sendable (String) async -> Void = { _ in }
    /// A further service beside the bridge; when it returns, the program stops.
    package var companion: (any Service)?
    /// Called once the bridge exists, before it runs.
    package var onBridge: @Sendable (Bridge) async -> Void = { _ in }
    /// What ends the program, beside SIGHUP that loads the mappings again. Empty when somebody else takes all signals.
    package var signals: [UnixSignal] = [.sigterm, .sigint]

    package init(settings: Settings, destination: Destination) {
        self.settings = settings
        self.destination = destination
        self.logger = Loggers.logger(settings.log)
    }

    /// Runs until a signal or a failure.
    package func run() async throws {
        // From here on to the very end, the drain included: a SIGHUP that nobody traps would end the process.
        let hangups = signals.isEmpty ? nil : await UnixSignalsSequence(trapping: [.sighup])
        let registry = MetricRegistry(descriptions: MetricDescription.bridge)
        let factory = PrometheusMetricsFactory(registry: registry)
        ProcessMetrics.install(in: registry)
        Version.record(in: factory)
        let configuration = settings.bridge
        if let proxy = configuration.loops.proxy {
            let metadata: Logger.Metadata = ["proxy": "\(proxy)", "setting": "\(proxy.setting)"]
            logger.notice("Requests to Loops go through a proxy", metadata: metadata)
        }
        // One loop for all that the bridge does: no request is handed from thread to thread. The admin endpoints have the others.
        try await LoopsClient.withClient(configuration.loops) { loops in
            let bridge = Bridge(
                configuration: configuration,
                destination: destination,
                loops: loops,
                factory: factory,
                logger: logger
            )
            let info = ConfigurationInfo(settings: settings.shared, factory: factory)
            registry.onScrape { [weak bridge] in
                guard let bridge else { return }
                bridge.refreshGauges()
                info.show(mappings: bridge.mappingsDigest)
            }
            await onBridge(bridge)
            let reloader = settings.mappingsPath.map { path in
                MappingsReloader(path: path, bridge: bridge, logger: logger)
            }
            let control = ControlRoutes(
                bridge: bridge,
                token: settings.controlToken.flatMap { ControlToken($0) },
                viewToken: settings.viewToken.flatMap { ControlToken($0) },
                reloader: reloader,
                logger: logger
            )
            let host = ListenAddress.bound(settings.httpHost)
            let admin = AdminServer(
                bridge: bridge,
                registry: registry,
                control: control,
                settings: settings.inForce,
                hosts: settings.hosts,
                connections: connections(factory)
            ).application(
                host: host,
                port: settings.httpPort,
                logger: logger.at(.warning)
            ) { [onAdminListening, logger] channel in
                let address = "http://" + ListenAddress.shown(host, port: channel.localAddress?.port ?? 0)
                logger.notice("loops-bridge is up", metadata: ["admin": "\(address)", "version": "\(Version.text)"])
                await onAdminListening(address)
            }
            var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
                .init(service: ListeningService(application: admin, host: host, port: settings.httpPort))
            ]
            if let hangups { services.append(.init(service: listener(hangups, reloader))) }
            if let reloader { services.append(.init(service: reloader)) }
            if let companion {
                services.append(.init(service: companion, successTerminationBehavior: .gracefullyShutdownGroup))
            }
            // Last in the list, so first to stop: the endpoints still answer while it drains.
            services.append(.init(service: bridge, successTerminationBehavior: .gracefullyShutdownGroup))
            var group = ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: signals,
                logger: logger.at(.warning)
            )
            // The bridge bounds its own stop; this is for everything else.
            group.maximumGracefulShutdownDuration = configuration.shutdownGrace + .seconds(10)
            group.maximumCancellationDuration = .seconds(10)
            try await ServiceGroup(configuration: group).run()
        }
        withExtendedLifetime(hangups) {}
    }

    /// Room for the admin port, once as many files may be open as the system allows.
    private func connections(_ factory: any MetricsFactory) -> AdminConnections {
        let files = OpenFiles.raiseLimit()
        let limit = OpenFiles.adminConnections(
            files: files,
            requests: settings.bridge.loops.maxInFlight,
            streams: settings.bridge.streams.count
        )
        if limit < AdminConnections.most, let files {
            logger.warning(
                "The open-file limit is low; the admin port accepts fewer connections",
                metadata: ["limit": "\(files)", "connections": "\(limit)"]
            )
        }
        return AdminConnections(limit: limit, factory: factory, logger: logger)
    }

    private func listener(_ hangups: UnixSignalsSequence, _ reloader: MappingsReloader?) -> SIGHUPListener {
        SIGHUPListener(signals: hangups) { [logger] in
            if let reloader {
                reloader.load()
            } else {
                logger.notice("Nothing to reload: bridge.mappings is not set")
            }
        }
    }
}

extension Logger {
    /// The same logger, but quieter.
    package func at(_ level: Logger.Level) -> Logger {
        var logger = self
        logger.logLevel = max(level, logLevel)
        return logger
    }
}
