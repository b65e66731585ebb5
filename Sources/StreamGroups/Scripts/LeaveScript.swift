package import RedisStreams

/// Gives back partitions, and the membership.
package struct LeaveScript: GroupScript {
    package static let source = ScriptSource(
        "leave",
        ["notify": PackageResources.notify_lua, "leave": PackageResources.leave_lua]
    )

    package let member: String
    package let leases: [Heartbeat.Release]

    package init(member: String, leases: [Heartbeat.Release]) {
        self.member = member
        self.leases = leases
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.state, keys.leases, keys.members, keys.hands] }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [.string(member)] + leases.flatMap { [RedisArgument.integer($0.partition), .string($0.lease)] }
    }

    package func decode(_ reply: RedisValue) {}
}
