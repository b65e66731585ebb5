import ArgumentParser
import Logging
import LoopsSimulator
import ServiceLifecycle
import UnixSignals

/// The stand-in for Loops, alone.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract:
            "Runs the Loops simulator: the API on one port, its controls under /__sim/ on another, both on loopback."
    )

    @Option(help: "The port of the API; 0 for any free one.") var port = 4010
    @Option(help: "The port of the controls; 0 for any free one.") var adminPort = 4011
    @Option(help: "The API key that is taken.") var apiKey = TeamSeed.defaultKey
    @Option(help: "Requests a second for the team; 0 for no limit.") var rateLimit = 10
    @Option(help: "documented, lenient, hostile, slow or outage.") var profile = "documented"

    func run() async throws {
        guard let profile = SimulatorProfile(rawValue: profile) else {
            Terminal.complain(
                "--profile \(profile) is none of \(SimulatorProfile.allCases.map(\.rawValue).joined(separator: ", "))"
            )
            throw ExitStatus.unusable
        }
        var configuration = profile.configuration()
        configuration.apiPort = port
        configuration.adminPort = adminPort
        configuration.teams = [TeamSeed(keys: ["default": apiKey])]
        configuration.limiter.limit = rateLimit
        let simulator = LoopsSimulator(configuration: configuration, logger: Loggers.logger(.init(level: .warning)))
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: simulator)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Loggers.logger(.init(level: .warning))
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let ports = try await simulator.ports
            Terminal.complain(configuration.banner)
            Terminal.complain("Loops API:  \(ports.baseURL)/v1\nControls:   \(ports.adminURL)/")
            Terminal.complain("A bridge:   LOOPS_BASE_URL=\(ports.baseURL)/v1 LOOPS_API_KEY=\(apiKey) loops-bridge run")
            try await tasks.waitForAll()
        }
    }
}
