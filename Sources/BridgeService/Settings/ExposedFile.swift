#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that holds a secret and that every user of this machine can read.
package struct ExposedFile: Sendable, Equatable, CustomStringConvertible {
    /// The setting that names it, or what it is.
    package let name: String
    package let path: String

    /// What Docker and Podman mount there has the mode that it has outside, and nobody else is in a container to read it.
    private static let mounts = "/run/secrets/"

    /// - Returns: nil when others cannot read it, and when it is not there: whoever reads it says so.
    package init?(_ name: String, path: String?) {
        guard let path, !path.hasPrefix(Self.mounts) else { return nil }
        // A link has a mode of its own that says nothing.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
            let mode = attributes.integer(.posixPermissions), mode & 0o004 != 0
        else { return nil }
        self.name = name
        self.path = path
    }

    package var description: String {
        "\(name): every user of this machine can read \(path), which holds a secret. Run: chmod o-rwx '\(path)'"
    }
}

extension ServiceConfiguration {
    /// The files of secrets that are named, and that others can read.
    /// - Parameter settingsFile: a settings file that holds a secret; nil for none.
    func exposedFiles(settingsFile: String?) -> [ExposedFile] {
        let files = [
            ("the settings file", settingsFile), (Setting.loopsAPIKeyFile.key, loopsAPIKeyFile),
            (Setting.httpControlTokenFile.key, controlTokenFile), (Setting.httpViewTokenFile.key, viewTokenFile),
            ("ingest.keys", ingest.keys), ("ingest.tlsKey", ingest.tlsKey),
            ("ingest.loopsWebhookSecretFile", ingest.loopsWebhookSecretFile),
        ]
        return files.compactMap { ExposedFile($0, path: $1) }
    }
}
