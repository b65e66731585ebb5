import ArgumentParser
import Bridge
import BridgeService
import Destination
import Logging
import Loops
import Operations

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Settings and mappings, checked without running anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Checks settings and mappings and reports every fault at once; with --connect Redis and the API key too.",
        discussion: """
            With --mappings FILE it checks that file alone and needs no settings, nor an API key. Faults are told as file:line: JSON path: \
            what was expected; warnings, which do not change the exit status, the same way.

            With --connect it also asks Redis (version, rights, eviction, persistence, the streams and the group) and Loops (GET /api-key), a \
            line for each thing, with what to do about it. Nothing is delivered and nothing of the streams changed; rights are tried on a \
            key of its own, which is deleted again.

            It then asks Loops which contact properties and mailing lists the team has, and warns of those that the mappings name and Loops does not \
            have. With --create-missing it makes the missing properties, after asking for each.

            Exit status: 0 all is good, warnings included, 1 --connect found a fault, 2 settings or mappings cannot be used.
            """
    )

    @Flag(help: "Asks Redis and Loops as well.") var connect = false
    @Flag(help: "With --connect: makes contact properties at Loops that the mappings name and Loops lacks.")
    var createMissing = false
    @Flag(help: "With --create-missing: does not ask, and leaves out what resembles a property of Loops.")
    var yes = false
    @Option(help: "Checks this mappings file alone, without the settings.", completion: .file()) var mappings: String?
    @OptionGroup var options: SettingsOptions

    func validate() throws {
        if createMissing, !connect { throw ValidationError("--create-missing needs --connect.") }
        if yes, !createMissing { throw ValidationError("--yes goes with --create-missing.") }
        if connect, mappings != nil {
            throw ValidationError("--connect needs the settings; leave --mappings out, or set --bridge-mappings.")
        }
        if mappings != nil,
            let (flag, _) = options.values.first.flatMap({ value in
                Setting.all.first { $0.key == value.key }.map { ($0.flag, value.value) }
            })
        {
            throw ValidationError("--mappings checks that file alone, without settings: leave \(flag) out.")
        }
    }

    func run() async throws {
        if let mappings {
            let destination = try CommandInput.destination(path: mappings)
            Self.warn(of: destination, in: mappings)
            Self.warn(of: destination.contactKeyMismatches(), in: mappings)
            Terminal.line("The mappings are good.\n  mappings   \(mappings): \(destination.mappings.count)")
            return
        }
        CommandInput.warnOfVariables()
        // Both are loaded before either is complained of.
        let settings = Result {
            let settings = try options.settings()
            try settings.checkCertificates()
            return settings
        }
        let path = (try? settings.get()).map(\.mappingsPath) ?? options.mappingsPath
        let loaded = CommandInput.load(path: path)
        if case .failure(let error) = settings { Terminal.printError("\(error)") }
        if case .failure(let fault) = loaded { Terminal.printError("\(fault)") }
        if case .success(let destination) = loaded, let path { Self.warn(of: destination, in: path) }
        guard case .success(let settings) = settings, case .success(let destination) = loaded else {
            throw ExitStatus.unusable
        }
        Self.warn(
            of: destination.contactKeyMismatches(settings.bridge.contactPaths),
            in: settings.mappingsPath ?? "the destination's presets"
        )
        for warning in settings.warnings { Terminal.printError("warning: \(warning)") }
        let streams = settings.bridge.streams.map { $0.weight == 1 ? $0.name : "\($0.name) (weight \($0.weight))" }
        Terminal.line(
            """
            The settings are good.
              Redis      \(settings.bridge.redis)
              Loops      \(settings.bridge.loops)
              streams    \(streams.joined(separator: ", ")), group \(settings.bridge.group)
              mappings   \(settings.mappingsPath ?? "the destination's presets"): \(destination.mappings.count)
            """
        )
        if connect { try await connect(settings, destination) }
    }

    private func connect(_ settings: Settings, _ destination: Destination) async throws {
        let check = ConnectionCheck(settings.bridge, logger: Loggers.logger(.init(level: .critical)))
        let style: TextStyle = Terminal.hasOutputColour ? .coloured : .plain
        var hasFault = false
        func tell(_ results: [CheckResult]) {
            for result in results {
                hasFault = hasFault || result.verdict == .fault
                Terminal.write(Array((CheckText.text(result, style: style) + "\n").utf8))
            }
        }
        var files = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 {
            tell([OpenFilesFact.result(limit: UInt64(files.rlim_max), settings.bridge)].compactMap { $0 })
        }
        tell(await check.redis(nonce: String(UInt64.random(in: .min ... .max), radix: 36)))
        try await LoopsClient.withClient(settings.bridge.loops) { client in
            let answer = await client.testKey()
            tell(check.loops(answer))
            guard answer.outcome.isDelivered else { return }
            let account = await check.account(client)
            tell(check.account(account, destination))
            guard createMissing, case .success(let account) = account else { return }
            let missing = MissingProperties(destination, account)
            if try await !missing.create(client, asks: !yes) { hasFault = true }
        }
        if hasFault { throw ExitStatus.failed }
    }

    private static func warn(of mismatches: [ContactKeyMismatch], in file: String) {
        for mismatch in mismatches { Terminal.printError("warning: \(file): \(mismatch)") }
    }

    private static func warn(of destination: Destination, in file: String) {
        for warning in destination.warnings { Terminal.printError("warning: \(file): \(warning)") }
    }
}
