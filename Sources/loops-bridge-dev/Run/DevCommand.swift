import ArgumentParser
import Bridge
import BridgeService
import DevKit
import Foundation
import Logging
import LoopsSimulator
import RedisStreams
import ServiceLifecycle
import UnixSignals

/// The whole thing in one command.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "Starts an own redis-server, the Loops simulator, the bridge and a flow of sample events; Ctrl-C cleans up.",
        discussion: """
            With --once N it publishes N events at once, waits until each has ended, checks order and loss against the simulator's log, prints a \
            summary and ends: exit status 0 when all held, 1 otherwise.

            Ctrl-C ends it at any moment, with status 0: requests under way get one second (--bridge-shutdown-grace-seconds), then everything \
            that it started is gone. Where Redis and Loops are, and the API key, it decides itself, whatever environment and file say; the \
            admin port is a free one when 9464 is taken and none is set. Of the log it shows warnings and worse (--log-level).
            """,
        aliases: ["dev"]
    )

    @Option(help: "Publish this many events, check what became of them, and end.") var once: Int?
    @Option(help: "Sample events a second, from 1 to 10000; 8 if not given.") var rate: Int?
    @Option(help: "The seed of the sample events.") var seed: UInt64 = 1
    @Option(help: "How many contacts the sample events are about.") var contacts = 200
    @Option(help: "How the simulator behaves.", completion: .list(ProfileName.allValueStrings)) var profile =
        ProfileName(value: .documented)
    @OptionGroup var options: SettingsOptions

    func validate() throws {
        if let once, once < 1 { throw ValidationError("--once takes a number from 1") }
        if let rate, !(1...10_000).contains(rate) { throw ValidationError("--rate takes a number from 1 to 10000") }
        if once != nil, rate != nil { throw ValidationError("--once publishes as fast as it can; leave --rate out") }
        if contacts < 1 { throw ValidationError("--contacts takes a number from 1") }
        for setting in [Setting.redisURL, .loopsBaseURL, .loopsAPIKeyFile] where typed(setting) != nil {
            throw ValidationError(
                "it brings its own Redis and its own Loops: leave \(setting.flag) out, or use 'loops-bridge run'"
            )
        }
    }

    /// What was typed for a setting.
    private func typed(_ setting: Setting) -> String? { options.values[setting.key] }

    /// Whether a word of the command line means this command.
    static func isNamed(by word: String?) -> Bool {
        word.map { $0 == configuration.commandName || configuration.aliases.contains($0) } ?? false
    }

    /// As long as nothing was begun there is nothing to clean up: Ctrl-C ends it with status 0 then too.
    static func endQuietlyUntilBegun() {
        for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(0) } }
    }

    func run() async throws {
        // From the first moment on: whatever is started from here is ended by us, in order.
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm, .sighup])
        let interruption = Interruption()
        let listener = Task { for await _ in signals { interruption.come() } }
        defer { listener.cancel() }
        // Before anything is started for settings that cannot be used.
        let destination = try CommandInput.destination(
            path: try settings(redis: "redis://127.0.0.1", loops: "http://127.0.0.1").mappingsPath
        )
        let logger = Loggers.logger(.init(level: .warning))
        do {
            let verdict = try await LoopsSimulator.withRunning(simulation, logger: logger) { simulator, ports in
                try await interruption.cancelling {
                    try await RedisServer.run { redis in
                        // The flow, once it is there, ends in order; it must not be cancelled under the bridge.
                        if interruption.settle() { throw CancellationError() }
                        let session = DevSession(
                            settings: try settings(redis: redis.url, loops: "\(ports.baseURL)/v1"),
                            destination: destination,
                            simulator: simulator,
                            simulatorAdmin: "http://127.0.0.1:\(ports.admin)",
                            redis: redis.url,
                            events: SampleEvents(seed: seed, contacts: contacts),
                            plan: once.map { .once($0) } ?? .steady(perSecond: rate ?? 8),
                            interruption: interruption
                        )
                        return try await session.run()
                    }
                }
            }
            if verdict == .violated { throw ExitStatus.failed }
        } catch let status as ExitCode {
            throw status
        } catch {
            Terminal.endProgress()
            if interruption.hasCome { return print("Interrupted before anything was published.") }
            Terminal.printError("\(error)")
            throw ExitStatus.failed
        }
    }

    private var simulation: SimulatorConfiguration {
        var simulation = profile.value.configuration(seed: seed)
        // Without a limit a run of many events shows what the bridge does, and not how patient its watcher is.
        simulation.limiter.limit = Self.simulated(limit)
        // What the sample events say of contacts; a property that a team does not have is dropped, and reported as a violation.
        simulation.teams = [
            TeamSeed(properties: [
                ContactProperty(key: "plan", kind: .string), ContactProperty(key: "seq", kind: .number),
            ])
        ]
        return simulation
    }

    private var limit: String { typed(.loopsRateLimit) ?? (once == nil ? "10" : "0") }

    /// The simulator counts whole requests: it leaves a rate with a fraction all the room that it needs. What is no number is refused with
    /// the settings, before anything is sent.
    static func simulated(_ limit: String) -> Int {
        Double(limit).flatMap { Int(exactly: $0.rounded(.up)) } ?? 0
    }

    private func settings(redis: String, loops: String) throws -> Settings {
        try CommandInput.settings {
            var settings = try options.settings(overrides: overrides(redis: redis, loops: loops))
            let isSet = settings.inForce.contains { $0.key == Setting.httpPort.key && $0.source != .fallback }
            if !isSet, once != nil || !FreePort.isFree(settings.httpPort) { settings.httpPort = 0 }
            let isPatient = settings.inForce.contains {
                $0.key == Setting.bridgeShutdownGrace.key && $0.source != .fallback
            }
            if !isPatient { settings.bridge.shutdownGrace = .seconds(1) }
            return settings
        }
    }

    /// What it decides itself, before flags, environment and file.
    private func overrides(redis: String, loops: String) -> [String: String] {
        var overrides = [
            "redis.url": redis,
            "loops.apiKey": TeamSeed.defaultKey,
            "loops.baseURL": loops,
            // The simulator is part of this process.
            "loops.proxy": Settings.noProxy,
            "loops.rateLimit": limit,
        ]
        // The simulator applies nothing later than its slowest request takes; nobody has to watch the bridge wait for longer.
        if typed(.loopsLateEffect) == nil { overrides["loops.lateEffectSeconds"] = "2" }
        if typed(.logLevel) == nil { overrides["log.level"] = "warning" }
        return overrides
    }
}

/// A profile of the simulator by its name.
struct ProfileName: ExpressibleByArgument, CustomStringConvertible {
    static let allValueStrings = SimulatorProfile.allCases.map(\.rawValue)
    let value: SimulatorProfile

    init(value: SimulatorProfile) { self.value = value }

    init?(argument: String) {
        guard let value = SimulatorProfile(rawValue: argument) else { return nil }
        self.value = value
    }

    var description: String { value.rawValue }
    var defaultValueDescription: String { value.rawValue }
}
