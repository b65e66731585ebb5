#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SettingsFile {
    /// The variable that names the file where `--config` does not, so that every command in a container finds the same one.
    package static let environment = "BRIDGE_CONFIG"
    package static let help = """
        A settings file (YAML); the one that \(environment) names if not given. Flags come before environment, environment before file.
        """

    /// - Parameter typed: what `--config` says.
    /// - Returns: nil when no file is named.
    /// - Throws: ``SettingsErrors`` when it cannot be read.
    package static func load(
        _ typed: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> SettingsFile? {
        let named = environment[Self.environment].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = typed ?? named else { return nil }
        do {
            return SettingsFile(path: path, text: try BoundedFile.text(path, upTo: Self.bytesMax))
        } catch {
            let origin = typed == nil ? " that \(Self.environment) names" : ""
            let reason = "the settings file\(origin) cannot be read: \(error)"
            throw SettingsErrors(faults: [.unreadableFile(path: path, reason: reason)])
        }
    }
}
