package import RedisStreams

/// Makes the group if need be.
package struct CreateGroupScript: GroupScript {
    package static let source = ScriptSource(
        "create_group",
        [
            "notify": PackageResources.notify_lua, "incarnation": PackageResources.incarnation_lua,
            "position": PackageResources.position_lua, "create_group": PackageResources.create_group_lua,
        ]
    )

    /// `0` or `$`: where a new group begins.
    package let start: String
    package let partitions: Int
    /// The rule for the contact key.
    package let rule: String
    package let hadItOpen: Bool
    package let lease: Duration
    /// Everything up to this entry was finished when the group was last there.
    package let floor: StreamID?

    package init(
        start: String,
        partitions: Int,
        rule: String,
        hadItOpen: Bool,
        lease: Duration,
        floor: StreamID?
    ) {
        self.start = start
        self.partitions = partitions
        self.rule = rule
        self.hadItOpen = hadItOpen
        self.lease = lease
        self.floor = floor
    }

    package func keys(in keys: GroupKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.members] }

    package func arguments(in keys: GroupKeys) -> [RedisArgument] {
        [
            .string(keys.group), .string(start), .integer(partitions), .string(rule), hadItOpen ? "1" : "0",
            .integer(Int(lease / .milliseconds(1))), .string(floor?.description ?? ""),
        ]
    }

    package func decode(_ reply: RedisValue) throws(RedisError) -> OpenedGroup {
        guard case .array(let parts) = reply, parts.count == 3, let routed = StreamID(parts[1]),
            let lease = parts[2].integer
        else { throw Self.unexpectedReply() }
        return OpenedGroup(isNew: parts[0] == .integer(1), routed: routed, lease: .milliseconds(lease))
    }
}

/// The group as ``CreateGroupScript`` left it.
package struct OpenedGroup: Sendable, Equatable {
    package let isNew: Bool
    /// The ID up to which entries have been routed.
    package let routed: StreamID
    /// The group's lease time.
    package let lease: Duration

    package init(isNew: Bool, routed: StreamID, lease: Duration) {
        self.isNew = isNew
        self.routed = routed
        self.lease = lease
    }
}
