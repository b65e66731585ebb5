import ArgumentParser
import Bridge
import Foundation

/// Settings and mappings, checked without running anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks settings and mappings and reports every fault at once; connects to nothing.",
        discussion: """
            With --mappings FILE it checks that file alone and needs no settings, nor an API key. Faults are told as file:line: JSON path: \
            what was expected; warnings, which do not change the exit status, the same way.
            """
    )

    @OptionGroup var options: SettingsOptions
    @Option(help: "Checks this mappings file alone, without the settings.") var mappings: String?

    func run() async throws {
        if let mappings {
            let destination = try Usable.destination(path: mappings)
            Self.warn(of: destination, in: mappings)
            return print("The mappings are good.\n  mappings   \(mappings): \(destination.mappings.count)")
        }
        // Both are loaded before either is complained of.
        let settings = Result { try options.settings() }
        let path = (try? settings.get()).map(\.mappingsPath) ?? options.mappingsPath
        let loaded = Usable.load(path: path)
        if case .failure(let error) = settings { Terminal.complain("\(error)") }
        if case .failure(let fault) = loaded { Terminal.complain("\(fault)") }
        if case .success(let destination) = loaded, let path { Self.warn(of: destination, in: path) }
        guard case .success(let settings) = settings, case .success(let destination) = loaded else {
            throw ExitStatus.unusable
        }
        let streams = settings.bridge.streams.map { $0.weight == 1 ? $0.name : "\($0.name) (weight \($0.weight))" }
        print(
            """
            The settings are good.
              Redis      \(settings.bridge.redis)
              Loops      \(settings.bridge.loops)
              streams    \(streams.joined(separator: ", ")), group \(settings.bridge.group)
              mappings   \(settings.mappingsPath ?? "the destination's presets"): \(destination.mappings.count)
            """
        )
    }

    private static func warn(of destination: Destination, in file: String) {
        for warning in destination.warnings { Terminal.complain("warning: \(file): \(warning)") }
    }
}

extension SettingsOptions {
    /// The mappings file that is named, also where other settings cannot be used.
    fileprivate var mappingsPath: String? {
        let file = config.flatMap { path in
            (try? String(contentsOfFile: path, encoding: .utf8)).map { SettingsFile(path: path, text: $0) }
        }
        let environment = ProcessInfo.processInfo.environment
        return SettingsReader(flags: values, environment: environment, file: file).text(.bridgeMappings)
    }
}
