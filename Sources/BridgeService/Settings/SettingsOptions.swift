import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings as flags. None has a default here: a flag that was not typed must not hide the environment or the file.
package struct SettingsOptions: ParsableArguments {
    @Option(help: .init(SettingsFile.help, valueName: "path"), completion: .file()) var config: String?

    @OptionGroup var flags: SettingFlags

    package init() {}

    /// What was typed, by key.
    package var values: [String: String] { flags.values }

    /// The settings from flags, environment and file.
    /// - Parameters:
    ///   - overrides: values that come before all others, by key; what `dev` sets.
    ///   - needsKey: whether Loops is talked to.
    package func settings(overrides: [String: String] = [:], needsKey: Bool = true) throws -> Settings {
        try Settings(
            flags: values.merging(overrides) { $1 },
            environment: ProcessInfo.processInfo.environment,
            file: try SettingsFile.load(config),
            hostName: ProcessInfo.processInfo.hostName,
            processID: ProcessInfo.processInfo.processIdentifier,
            needsKey: needsKey,
            readFile: { try BoundedFile.text($0, upTo: BoundedFile.secretBytesMax) }
        )
    }

    /// The mappings file that is named, also where other settings cannot be used.
    package var mappingsPath: String? {
        let file = try? SettingsFile.load(config)
        let environment = ProcessInfo.processInfo.environment
        return SettingsReader(flags: values, environment: environment, file: file).text(.bridgeMappings)
    }
}
