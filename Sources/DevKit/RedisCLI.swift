/// `redis-cli`, for what sets a server up rather than uses it.
package enum RedisCLI {
    /// Runs one command and gives its output, one line an element.
    /// - Throws: ``ChildError`` when redis-cli cannot be started.
    @discardableResult
    package static func run(port: Int, _ words: String...) async throws -> [String] {
        try await run(port: port, words)
    }

    @discardableResult
    package static func run(port: Int, _ words: [String]) async throws -> [String] {
        try await ChildProcess.run("redis-cli", arguments: ["-p", String(port)] + words) { child in
            await child.exited()
            return child.output
        }
    }

    /// Repeats a command until its output is as wanted. The start of a process sets the pace.
    package static func wait(
        port: Int,
        _ words: String...,
        until isGood: @Sendable ([String]) -> Bool
    ) async throws {
        while try await !isGood(run(port: port, words)) { try Task.checkCancellation() }
    }
}
