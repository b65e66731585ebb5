import BridgeService
import Hummingbird
import HummingbirdCore
import Ingest
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The intake's HTTP server. It listens once Redis has said that events may go where the settings say.
struct IngestServer: Service {
    let settings: IngestSettings
    let intake: Intake
    let connections: IngestConnections
    let certificate: ServerCertificate?
    let health: IngestHealth
    let logger: Logger
    /// Ends once the streams are open.
    let prepare: @Sendable () async throws -> Void
    let onListening: @Sendable (String) async -> Void

    private static let name = ListeningService.Name(plural: "The intake", host: "INGEST_HOST", port: "INGEST_PORT")

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await prepare()
            health.prepared()
            if health.isStopping { return }
            try await ListeningService(
                application: application,
                host: ListenAddress.bound(settings.host),
                port: settings.port,
                name: Self.name
            ).run()
        } onGracefulShutdown: {
            // Before the server stops to listen: whoever balances load looks elsewhere, and each answer says that it is its connection's last.
            health.stop()
            connections.drain()
        }
    }

    private var application: some ApplicationProtocol {
        let host = ListenAddress.bound(settings.host)
        let scheme = certificate == nil ? "http" : "https"
        return Application(
            responder: IngestResponder(intake: intake),
            server: HTTPServerBuilder { [connections, certificate] responder in
                IngestChannel(
                    responder: responder,
                    connections: connections,
                    certificate: certificate
                )
            },
            configuration: .init(
                address: .hostname(host, port: settings.port),
                serverName: nil,
                availableConnectionsDelegate: .maximum(connections.limit + Self.reserve, logger: logger.at(.warning))
            ),
            onServerRunning: { [onListening] channel in
                let port = channel.localAddress?.port ?? 0
                await onListening("\(scheme)://" + ListenAddress.shown(host, port: port))
            },
            logger: logger.at(.warning)
        )
    }

    /// How many more may be accepted before those that were told to go are gone.
    private static let reserve = 32
}

/// Whether the intake may be asked, apart from Redis.
final class IngestHealth: Sendable {
    private struct State {
        var isPrepared = false
        var isStopping = false
    }

    private let state = Mutex(State())

    var isPrepared: Bool { state.withLock { $0.isPrepared } }
    var isStopping: Bool { state.withLock { $0.isStopping } }
    func prepared() { state.withLock { $0.isPrepared = true } }
    func stop() { state.withLock { $0.isStopping = true } }
}
