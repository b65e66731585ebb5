import Bridge
import Destination
import Logging
import ServiceLifecycle

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Loads the mappings file again when it changes, and when it is told to. A file that cannot be used is refused: what is in force stays.
package struct MappingsReloader: Service {
    /// Between two looks at the file.
    static let interval = Duration.seconds(1)

    let path: String
    let bridge: Bridge
    let logger: Logger

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.reloadOnChange() }
    }

    private func reloadOnChange() async {
        var known = FileVersion(path: path)
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            let now = FileVersion(path: path)
            // A file that is gone for a moment is being replaced.
            guard let now, now != known else { continue }
            known = now
            load()
        }
    }

    /// Why a mappings file was refused.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: how many mappings are in force, or why the file was refused.
    @discardableResult
    func load() -> Result<Int, Refusal> {
        do {
            let bytes = try BoundedFile.bytes(path, upTo: Destination.fileBytesMax)
            let destination = try Destination(file: path, bytes: bytes)
            bridge.reload(destination)
            logger.notice("Mappings reloaded", metadata: ["mappings": "\(destination.mappings.count)"])
            return .success(destination.mappings.count)
        } catch {
            bridge.reloadRefused("\(error)")
            logger.error("The mappings file is invalid; keeping the current mappings", metadata: ["error": "\(error)"])
            return .failure(
                Refusal(description: "The mappings file is invalid; keeping the current mappings: \(error)")
            )
        }
    }

    /// What tells one state of a file from another, through links.
    package struct FileVersion: Equatable, Sendable {
        let modified: Date?
        let size: Int?
        let number: Int?

        package init?(path: String) {
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
            modified = attributes[.modificationDate] as? Date
            size = attributes.integer(.size)
            number = attributes.integer(.systemFileNumber)
        }
    }
}
