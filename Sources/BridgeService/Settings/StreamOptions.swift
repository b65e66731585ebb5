import ArgumentParser
import Bridge

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings of commands that look at streams and talk to Redis alone, as flags.
package struct StreamOptions: ParsableArguments {
    @Option(help: .init(SettingsFile.help, valueName: "path"), completion: .file()) var config: String?

    @Option(.redisURL) var redisUrl: String?
    @Option(.bridgeStreams) var bridgeStreams: String?
    @Option(.bridgeGroup) var bridgeGroup: String?
    @Option(.bridgeDeadLetterStream) var bridgeDeadLetterStream: String?

    package init() {}

    /// Every setting but the API key, which nobody needs here. Ends the program when they cannot be used.
    /// - Parameters:
    ///   - more: further values that were typed, by key.
    ///   - wantsControl: whether the control token is read.
    package func settings(_ more: [String: String] = [:], wantsControl: Bool = false) throws -> Settings {
        let typed: [(Setting, String?)] = [
            (.redisURL, redisUrl), (.bridgeStreams, bridgeStreams), (.bridgeGroup, bridgeGroup),
            (.bridgeDeadLetterStream, bridgeDeadLetterStream),
        ]
        CommandInput.warnOfVariables()
        return try CommandInput.settings {
            try Settings(
                flags: Dictionary(uniqueKeysWithValues: typed.compactMap { key, value in value.map { (key.key, $0) } })
                    .merging(more) { $1 },
                environment: ProcessInfo.processInfo.environment,
                file: try SettingsFile.load(config),
                hostName: ProcessInfo.processInfo.hostName,
                processID: ProcessInfo.processInfo.processIdentifier,
                needsKey: false,
                wantsControl: wantsControl,
                readFile: { try BoundedFile.text($0, upTo: BoundedFile.secretBytesMax) }
            )
        }
    }
}
