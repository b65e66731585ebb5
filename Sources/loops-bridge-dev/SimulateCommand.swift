import ArgumentParser
import BridgeService
import Foundation
import Logging
import LoopsSimulator
import NIOCore
import NIOSupport
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
    @Flag(name: .customLong("ipv6"), help: "Listens on ::1 instead of 127.0.0.1.") var usesIPv6 = false
    @Option(help: "The API key that is taken.") var apiKey = TeamSeed.defaultKey
    @Option(help: "Requests a second for the team; 0 for no limit.") var rateLimit = 10
    @Option(help: "How it behaves.", completion: .list(ProfileName.allValueStrings)) var profile = ProfileName(
        value: .documented
    )

    func validate() throws {
        for (name, port) in [("--port", port), ("--admin-port", adminPort)] where !(0...65535).contains(port) {
            throw ValidationError("\(name) takes a number from 0 to 65535")
        }
        if rateLimit < 0 { throw ValidationError("--rate-limit takes a number from 0") }
    }

    func run() async throws {
        var configuration = profile.value.configuration()
        configuration.apiPort = port
        configuration.adminPort = adminPort
        configuration.usesIPv6 = usesIPv6
        configuration.teams = [TeamSeed(keys: ["default": apiKey])]
        configuration.limiter.limit = rateLimit
        let simulator = LoopsSimulator(configuration: configuration, logger: Loggers.logger(.init(level: .warning)))
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: simulator)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                // What ends it is told below, once.
                logger: Loggers.logger(.init(level: .critical))
            )
        )
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                // Why there are none, the group tells.
                if let ports = try? await simulator.ports {
                    Terminal.printError(configuration.banner)
                    Terminal.printError("Loops API:  \(ports.baseURL)/v1\nControls:   \(ports.adminURL)/")
                    Terminal.printError(
                        "A bridge:   LOOPS_BASE_URL=\(ports.baseURL)/v1 LOOPS_API_KEY=\(apiKey) loops-bridge run"
                    )
                }
                try await tasks.waitForAll()
            }
        } catch {
            Terminal.printError(Self.words(error))
            throw ExitStatus.failed
        }
    }

    static func words(_ error: any Error) -> String {
        guard let error = error as? LoopsSimulator.ListenError else { return NetworkErrorText.of(error) }
        let flag = error.isAdmin ? "--admin-port" : "--port"
        if (error.reason as? IOError)?.errnoCode == EADDRINUSE {
            return "port \(error.port) is taken; give \(flag) another one, or 0 for any free one"
        }
        return
            "nothing can listen on port \(error.port): \(NetworkErrorText.of(error.reason)); give \(flag) another one"
    }
}
