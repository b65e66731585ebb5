import RedisStreams

/// Makes the group if need be.
struct CreateGroupScript: GroupScript {
    static let source = ScriptSource(
        "create_group",
        [
            "notify": PackageResources.notify_lua, "incarnation": PackageResources.incarnation_lua,
            "position": PackageResources.position_lua, "create_group": PackageResources.create_group_lua,
        ]
    )

    /// `0` or `$`: where a new group begins.
    let start: String
    let partitions: Int
    /// The rule for the contact key.
    let rule: String
    let hadItOpen: Bool
    let lease: Duration
    /// Everything up to this entry was finished when the group was last there.
    let floor: StreamID?

    func keys(in keys: StreamKeys) -> [String] { [keys.stream, keys.state, keys.leases, keys.members] }

    func arguments(in keys: StreamKeys) -> [RedisArgument] {
        [
            .string(keys.group), .string(start), .integer(partitions), .string(rule), hadItOpen ? "1" : "0",
            .integer(Int(lease / .milliseconds(1))), .string(floor?.description ?? ""),
        ]
    }

    func decode(_ reply: RedisValue) throws(RedisError) -> OpenedGroup {
        guard case .array(let parts) = reply, parts.count == 3, let routed = StreamID(parts[1]),
            let lease = parts[2].integer
        else { throw Self.unexpectedReply() }
        return OpenedGroup(isNew: parts[0] == .integer(1), routed: routed, lease: .milliseconds(lease))
    }
}

/// The group as ``CreateGroupScript`` left it.
struct OpenedGroup: Sendable, Equatable {
    let isNew: Bool
    /// The ID up to which entries have been routed.
    let routed: StreamID
    /// The group's lease time.
    let lease: Duration
}
