import Foundation

/// A folder for as long as it is needed.
package enum TemporaryFolder {
    /// Makes a folder, gives its path to `body`, and removes it with all that is in it.
    ///
    /// - Throws: what `body` throws, or why the folder cannot be made.
    package static func with<Result>(
        _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "loops-bridge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }
}
