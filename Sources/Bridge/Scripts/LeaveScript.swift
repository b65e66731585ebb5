import RedisStreams

/// Gives back partitions, and the membership.
struct LeaveScript: GroupScript {
    static let source = ScriptSource(
        "leave",
        ["notify": PackageResources.notify_lua, "leave": PackageResources.leave_lua]
    )

    let member: String
    let leases: [Heartbeat.Release]

    func keys(in keys: StreamKeys) -> [String] { [keys.state, keys.leases, keys.members, keys.hands] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        [.string(member)] + leases.flatMap { [RedisArgument.integer($0.partition), .string($0.lease)] }
    }

    func decode(_ reply: RedisValue) {}
}
