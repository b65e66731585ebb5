import ArgumentParser
import Foundation

/// The settings as flags. None has a default here: a flag that was not typed must not hide the environment or the file.
package struct SettingsOptions: ParsableArguments {
    @Option(help: .init(SettingsFile.help, valueName: "path"), completion: .file()) var config: String?

    @Option(.redisURL) var redisUrl: String?
    @Option(.redisQuorum) var redisQuorum: String?
    @Option(.redisServerName) var redisServerName: String?
    @Option(.loopsAPIKeyFile) var loopsApiKeyFile: String?
    @Option(.loopsBaseURL) var loopsBaseUrl: String?
    @Option(.loopsCAFile) var loopsCaFile: String?
    @Option(.loopsRateLimit) var loopsRateLimit: String?
    @Option(.loopsMaxInFlight) var loopsMaxInFlight: String?
    @Option(.loopsRequestTimeout) var loopsRequestTimeoutSeconds: String?
    @Option(.loopsLateEffect) var loopsLateEffectSeconds: String?
    @Option(.loopsTraceparent) var loopsTraceparent: String?
    @Option(.bridgeStreams) var bridgeStreams: String?
    @Option(.bridgeGroup) var bridgeGroup: String?
    @Option(.bridgeInstance) var bridgeInstance: String?
    @Option(.bridgePartitions) var bridgePartitions: String?
    @Option(.bridgeWindow) var bridgeWindow: String?
    @Option(.bridgeLease) var bridgeLeaseSeconds: String?
    @Option(.bridgeHeartbeat) var bridgeHeartbeatSeconds: String?
    @Option(.bridgeContactKeys) var bridgeContactKeys: String?
    @Option(.bridgePoisonAfter) var bridgePoisonAfter: String?
    @Option(.bridgeTrimFinished) var bridgeTrimFinishedAfter: String?
    @Option(.bridgeCoalesce) var bridgeCoalesce: String?
    @Option(.bridgeMappings) var bridgeMappings: String?
    @Option(.bridgeIntegrationName) var bridgeIntegrationName: String?
    @Option(.bridgeEventSizeWarning) var bridgeEventSizeWarningBytes: String?
    @Option(.bridgeDeadLetterStream) var bridgeDeadLetterStream: String?
    @Option(.bridgeDeadLetterMaxLength) var bridgeDeadLetterMaxLength: String?
    @Option(.bridgeRetryFor) var bridgeRetryFor: String?
    @Option(.bridgeGroupStart) var bridgeGroupStart: String?
    @Option(.bridgeShutdownGrace) var bridgeShutdownGraceSeconds: String?
    @Option(.httpHost) var httpHost: String?
    @Option(.httpPort) var httpPort: String?
    @Option(.httpAllowedHosts) var httpAllowedHosts: String?
    @Option(.httpControlTokenFile) var httpControlTokenFile: String?
    @Option(.logLevel) var logLevel: String?
    @Option(.logFormat) var logFormat: String?

    package init() {}

    /// What was typed, by key. The API key itself is no flag: a process list shows flags to everybody.
    package var values: [String: String] {
        let typed: [(Setting, String?)] = [
            (.redisURL, redisUrl), (.redisQuorum, redisQuorum),
            (.redisServerName, redisServerName), (.loopsAPIKeyFile, loopsApiKeyFile),
            (.loopsBaseURL, loopsBaseUrl), (.loopsCAFile, loopsCaFile),
            (.loopsRateLimit, loopsRateLimit), (.loopsMaxInFlight, loopsMaxInFlight),
            (.loopsRequestTimeout, loopsRequestTimeoutSeconds), (.loopsLateEffect, loopsLateEffectSeconds),
            (.loopsTraceparent, loopsTraceparent),
            (.bridgeStreams, bridgeStreams),
            (.bridgeGroup, bridgeGroup),
            (.bridgeInstance, bridgeInstance), (.bridgePartitions, bridgePartitions), (.bridgeWindow, bridgeWindow),
            (.bridgeLease, bridgeLeaseSeconds), (.bridgeHeartbeat, bridgeHeartbeatSeconds),
            (.bridgeContactKeys, bridgeContactKeys), (.bridgePoisonAfter, bridgePoisonAfter),
            (.bridgeTrimFinished, bridgeTrimFinishedAfter), (.bridgeCoalesce, bridgeCoalesce),
            (.bridgeMappings, bridgeMappings), (.bridgeIntegrationName, bridgeIntegrationName),
            (.bridgeEventSizeWarning, bridgeEventSizeWarningBytes), (.bridgeDeadLetterStream, bridgeDeadLetterStream),
            (.bridgeDeadLetterMaxLength, bridgeDeadLetterMaxLength), (.bridgeRetryFor, bridgeRetryFor),
            (.bridgeGroupStart, bridgeGroupStart), (.bridgeShutdownGrace, bridgeShutdownGraceSeconds),
            (.httpHost, httpHost),
            (.httpPort, httpPort), (.httpAllowedHosts, httpAllowedHosts), (.httpControlTokenFile, httpControlTokenFile),
            (.logLevel, logLevel),
            (.logFormat, logFormat),
        ]
        return Dictionary(uniqueKeysWithValues: typed.compactMap { setting, value in value.map { (setting.key, $0) } })
    }

    /// The settings from flags, environment and file.
    /// - Parameter overrides: values that come before all others, by key; what `dev` sets.
    package func settings(overrides: [String: String] = [:]) throws -> Settings {
        try Settings(
            flags: values.merging(overrides) { $1 },
            environment: ProcessInfo.processInfo.environment,
            file: try SettingsFile.load(config),
            hostName: ProcessInfo.processInfo.hostName,
            processID: ProcessInfo.processInfo.processIdentifier,
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
