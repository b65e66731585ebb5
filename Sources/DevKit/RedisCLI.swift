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

/// As whom other servers come to a server: so that they can be shut out alone.
extension RedisServer {
    /// The server that copies.
    package static let copier = "copier"
    /// The sentinels.
    package static let watcher = "watcher"
    static let usersPassword = "loopback"

    /// Arguments of servers that copy one another.
    static var users: [String] {
        let rights = ["on", ">\(usersPassword)", "~*", "&*", "+@all"]
        return ["--masteruser", copier, "--masterauth", usersPassword] + ["--user", copier] + rights
            + ["--user", watcher] + rights
    }

    /// Shuts a user out, or lets it in again. A server that is started again lets everybody in.
    ///
    /// It may come in and do nothing: switched off, it would be taken for the default user, who may do everything.
    package func admit(_ user: String, _ isAdmitted: Bool) async throws {
        try await RedisCLI.run(port: port, "acl", "setuser", user, isAdmitted ? "+@all" : "-@all")
        if !isAdmitted { try await RedisCLI.run(port: port, "client", "kill", "user", user) }
    }
}
