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
