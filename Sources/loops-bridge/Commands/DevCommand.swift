import ArgumentParser
import Bridge
import DevKit
import Logging
import LoopsSimulator
import RedisStreams
import ServiceLifecycle
import UnixSignals

/// The whole thing in one command.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract:
            "Starts an own redis-server, the Loops simulator, the bridge and a flow of sample events; Ctrl-C cleans up.",
        discussion: """
            With --once N it publishes N events at once, waits until each has ended, checks order and loss against the simulator's log, prints a \
            summary and ends: exit status 0 when all held, 1 otherwise.
            """
    )

    @OptionGroup var options: SettingsOptions
    @Option(help: "Publish this many events, check what became of them, and end.") var once: Int?
    @Option(help: "Sample events a second.") var rate = 8
    @Option(help: "The seed of the sample events.") var seed: UInt64 = 1
    @Option(help: "How many contacts the sample events are about.") var contacts = 200
    @Option(help: "How the simulator behaves: documented, lenient, hostile, slow or outage.") var profile = "documented"

    func validate() throws {
        if let once, once < 1 { throw ValidationError("--once takes a number from 1") }
        if !(1...10_000).contains(rate) { throw ValidationError("--rate takes a number from 1 to 10000") }
        if contacts < 1 { throw ValidationError("--contacts takes a number from 1") }
        if SimulatorProfile(rawValue: profile) == nil {
            throw ValidationError(
                "--profile is one of \(SimulatorProfile.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    func run() async throws {
        // Without a limit a run of many events shows what the bridge does, and not how patient its watcher is.
        let limit = once == nil ? "10" : "0"
        var simulation = (SimulatorProfile(rawValue: profile) ?? .documented).configuration(seed: seed)
        simulation.limiter.limit = Self.simulated(options.loopsRateLimit ?? limit)
        let simulator = LoopsSimulator(configuration: simulation, logger: Loggers.logger(.init(level: .warning)))
        let verdict = try await RedisServer.run { redis in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await simulator.run() }
                let ports = try await simulator.ports
                let settings = try Usable.settings {
                    try options.settings(overrides: overrides(redis: redis, simulator: ports, limit: limit))
                }
                let session = DevSession(
                    settings: settings,
                    destination: try Usable.destination(path: settings.mappingsPath),
                    simulator: simulator,
                    simulatorAdmin: "\(ports.adminURL)/",
                    events: SampleEvents(seed: seed, contacts: contacts),
                    plan: once.map { .once($0) } ?? .steady(perSecond: rate)
                )
                defer { tasks.cancelAll() }
                return try await session.run()
            }
        }
        if verdict == .violated { throw ExitStatus.failed }
    }

    /// The simulator counts whole requests: it leaves a rate with a fraction all the room that it needs. What is no number is refused with
    /// the settings, before anything is sent.
    static func simulated(_ limit: String) -> Int {
        Double(limit).flatMap { Int(exactly: $0.rounded(.up)) } ?? 0
    }

    /// What `dev` decides itself, before flags, environment and file.
    private func overrides(redis: RedisServer, simulator: LoopsSimulator.Ports, limit: String) -> [String: String] {
        var overrides = [
            "redis.url": redis.url,
            "loops.apiKey": TeamSeed.defaultKey,
            "loops.baseURL": "\(simulator.baseURL)/v1",
            "loops.rateLimit": options.loopsRateLimit ?? limit,
        ]
        // The simulator applies nothing later than its slowest request takes; nobody has to watch the bridge wait for longer.
        if options.loopsLateEffectSeconds == nil { overrides["loops.lateEffectSeconds"] = "2" }
        if once != nil, options.httpPort == nil { overrides["http.port"] = "0" }
        if options.logLevel == nil { overrides["log.level"] = "warning" }
        return overrides
    }
}
