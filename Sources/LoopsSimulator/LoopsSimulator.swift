package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A local stand-in for the Loops API.
///
/// It models no e-mail sending and no workflows, and nothing that is an unknown of the Loops documents is known to match Loops:
/// `banner` names every such setting in force. It listens on the loopback interface only, from `run()` until that ends.
package final class LoopsSimulator: Service {
    /// The ports that are bound.
    package struct Ports: Sendable, Equatable {
        package let api: Int
        /// Port of `/__sim/`.
        package let admin: Int
        /// As in an address of HTTP.
        let host: String

        /// What to give a client as the base of the API.
        package var baseURL: String { "http://\(host):\(api)/api" }
        package var adminURL: String { "http://\(host):\(admin)/__sim" }
    }

    /// One of the ports cannot be had.
    package struct ListenError: Error {
        package let port: Int
        /// Whether it is the port of `/__sim/`, and not the API's.
        package let isAdmin: Bool
        package let reason: any Error
    }

    package let configuration: SimulatorConfiguration
    let shared: SharedSimulation
    let apiServer = OneTimeValue<APIServer>()
    private let boundPorts = OneTimeValue<Ports>()
    private let logger: Logger
    private let hasRun = Atomic(false)

    /// - Parameter configuration: must name at least one team
    package init(
        configuration: SimulatorConfiguration = SimulatorConfiguration(),
        logger: Logger = Logger(label: "loops-simulator")
    ) {
        self.configuration = configuration
        self.logger = logger
        let monotonic = MachineTime.monotonic
        shared = SharedSimulation(
            Simulation(
                configuration: configuration,
                clock: SimulatedClock(wall: MachineTime.wall, monotonic: monotonic),
                monotonic: monotonic
            )
        )
    }

    /// The bound ports, as soon as both are.
    ///
    /// - Throws: why they could not be bound, or `CancellationError`
    package var ports: Ports {
        get async throws { try await boundPorts.get() }
    }

    /// Serves until cancelled or shut down. To be called once.
    package func run() async throws {
        let isFirst = hasRun.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        precondition(isFirst, "a simulator runs once; make another one")
        // One thread: the simulator is measured on one core, and its timestamps stand in one order.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch {
            boundPorts.set(.failure(error))
            try? await group.shutdownGracefully()
            throw error
        }
        boundPorts.set(.failure(CancellationError()))
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let server = APIServer(
            simulation: shared,
            host: configuration.host,
            bounds: configuration.bounds,
            eventLoop: group.next(),
            logger: logger
        )
        let apiPort: Int
        do {
            apiPort = try await server.start(port: configuration.apiPort)
        } catch {
            throw ListenError(port: configuration.apiPort, isAdmin: false, reason: error)
        }
        apiServer.set(.success(server))
        let admin = AdminServer(simulator: self, logger: logger)
        do {
            try await admin.run(host: configuration.host, port: configuration.adminPort) { [self] adminPort in
                boundPorts.set(
                    .success(
                        Ports(
                            api: apiPort,
                            admin: adminPort,
                            host: configuration.usesIPv6 ? "[::1]" : configuration.host
                        )
                    )
                )
                logger.info(
                    "the Loops simulator is listening",
                    metadata: [
                        "api": "\(apiPort)", "admin": "\(adminPort)",
                        "unverified":
                            "\(SimulatorSetting.unverified(in: configuration).map(\.name).joined(separator: ","))",
                    ]
                )
            }
        } catch {
            await server.stop()
            // A server that listened fails in another way.
            let listened = boundPorts.isSet
            throw listened ? error : ListenError(port: configuration.adminPort, isAdmin: true, reason: error)
        }
        await server.stop()
    }
}
