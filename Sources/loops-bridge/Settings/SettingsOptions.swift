import ArgumentParser
import Foundation

/// The settings as flags. None has a default here: a flag that was not typed must not hide the environment or the file.
struct SettingsOptions: ParsableArguments {
    @Option(help: .init(SettingsFile.help)) var config: String?

    @Option(help: .init(Setting.redisURL.help)) var redisUrl: String?
    @Option(help: .init(Setting.loopsAPIKeyFile.help)) var loopsApiKeyFile: String?
    @Option(help: .init(Setting.loopsBaseURL.help)) var loopsBaseUrl: String?
    @Option(help: .init(Setting.loopsRateLimit.help)) var loopsRateLimit: String?
    @Option(help: .init(Setting.loopsMaxInFlight.help)) var loopsMaxInFlight: String?
    @Option(help: .init(Setting.loopsRequestTimeout.help)) var loopsRequestTimeoutSeconds: String?
    @Option(help: .init(Setting.loopsLateEffect.help)) var loopsLateEffectSeconds: String?
    @Option(help: .init(Setting.loopsTraceparent.help)) var loopsTraceparent: String?
    @Option(help: .init(Setting.bridgeStreams.help)) var bridgeStreams: String?
    @Option(help: .init(Setting.bridgeGroup.help)) var bridgeGroup: String?
    @Option(help: .init(Setting.bridgeInstance.help)) var bridgeInstance: String?
    @Option(help: .init(Setting.bridgePartitions.help)) var bridgePartitions: String?
    @Option(help: .init(Setting.bridgeWindow.help)) var bridgeWindow: String?
    @Option(help: .init(Setting.bridgeLease.help)) var bridgeLeaseSeconds: String?
    @Option(help: .init(Setting.bridgeHeartbeat.help)) var bridgeHeartbeatSeconds: String?
    @Option(help: .init(Setting.bridgeContactKeys.help)) var bridgeContactKeys: String?
    @Option(help: .init(Setting.bridgePoisonAfter.help)) var bridgePoisonAfter: String?
    @Option(help: .init(Setting.bridgeTrimFinished.help)) var bridgeTrimFinishedAfter: String?
    @Option(help: .init(Setting.bridgeCoalesce.help)) var bridgeCoalesce: String?
    @Option(help: .init(Setting.bridgeSkipUnchanged.help)) var bridgeSkipUnchangedFor: String?
    @Option(help: .init(Setting.bridgeMappings.help)) var bridgeMappings: String?
    @Option(help: .init(Setting.bridgeIntegrationName.help)) var bridgeIntegrationName: String?
    @Option(help: .init(Setting.bridgeEventSizeWarning.help)) var bridgeEventSizeWarningBytes: String?
    @Option(help: .init(Setting.bridgeDeadLetterStream.help)) var bridgeDeadLetterStream: String?
    @Option(help: .init(Setting.bridgeDeadLetterMaxLength.help)) var bridgeDeadLetterMaxLength: String?
    @Option(help: .init(Setting.bridgeRetryFor.help)) var bridgeRetryFor: String?
    @Option(help: .init(Setting.bridgeGroupStart.help)) var bridgeGroupStart: String?
    @Option(help: .init(Setting.bridgeShutdownGrace.help)) var bridgeShutdownGraceSeconds: String?
    @Option(help: .init(Setting.httpHost.help)) var httpHost: String?
    @Option(help: .init(Setting.httpPort.help)) var httpPort: String?
    @Option(help: .init(Setting.httpAllowedHosts.help)) var httpAllowedHosts: String?
    @Option(help: .init(Setting.httpControlTokenFile.help)) var httpControlTokenFile: String?
    @Option(help: .init(Setting.logLevel.help)) var logLevel: String?
    @Option(help: .init(Setting.logFormat.help)) var logFormat: String?

    /// What was typed, by key. The API key itself is no flag: a process list shows flags to everybody.
    var values: [String: String] {
        let typed: [(Setting, String?)] = [
            (.redisURL, redisUrl), (.loopsAPIKeyFile, loopsApiKeyFile), (.loopsBaseURL, loopsBaseUrl),
            (.loopsRateLimit, loopsRateLimit), (.loopsMaxInFlight, loopsMaxInFlight),
            (.loopsRequestTimeout, loopsRequestTimeoutSeconds), (.loopsLateEffect, loopsLateEffectSeconds),
            (.loopsTraceparent, loopsTraceparent),
            (.bridgeStreams, bridgeStreams),
            (.bridgeGroup, bridgeGroup),
            (.bridgeInstance, bridgeInstance), (.bridgePartitions, bridgePartitions), (.bridgeWindow, bridgeWindow),
            (.bridgeLease, bridgeLeaseSeconds), (.bridgeHeartbeat, bridgeHeartbeatSeconds),
            (.bridgeContactKeys, bridgeContactKeys), (.bridgePoisonAfter, bridgePoisonAfter),
            (.bridgeTrimFinished, bridgeTrimFinishedAfter), (.bridgeCoalesce, bridgeCoalesce),
            (.bridgeSkipUnchanged, bridgeSkipUnchangedFor),
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
    func settings(overrides: [String: String] = [:]) throws -> Settings {
        try Settings(
            flags: values.merging(overrides) { $1 },
            environment: ProcessInfo.processInfo.environment,
            file: try SettingsFile.load(config),
            hostName: ProcessInfo.processInfo.hostName,
            processID: ProcessInfo.processInfo.processIdentifier,
            readFile: { try BoundedFile.text($0, upTo: BoundedFile.secretBytesMax) }
        )
    }
}
