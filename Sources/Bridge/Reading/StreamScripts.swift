import RedisStreams

/// The Lua scripts of a stream, each in a file of its own in `Scripts/`. A value, so that a test can plant a fault in one.
struct StreamScripts: Sendable {
    var createGroup = RedisScript(
        name: "create_group",
        PackageResources.notify_lua,
        PackageResources.incarnation_lua,
        PackageResources.position_lua,
        PackageResources.create_group_lua
    )
    var adopt = RedisScript(
        name: "adopt",
        PackageResources.claims_lua,
        PackageResources.position_lua,
        PackageResources.incarnation_lua,
        PackageResources.notify_lua,
        PackageResources.adopt_lua
    )
    var route = RedisScript(
        name: "route",
        PackageResources.claims_lua,
        PackageResources.position_lua,
        PackageResources.incarnation_lua,
        PackageResources.notify_lua,
        PackageResources.route_lua
    )
    var heartbeat = RedisScript(
        name: "heartbeat",
        PackageResources.notify_lua,
        PackageResources.incarnation_lua,
        PackageResources.position_lua,
        PackageResources.heartbeat_lua
    )
    var pause = RedisScript(name: "pause", PackageResources.notify_lua, PackageResources.pause_lua)
    var leave = RedisScript(name: "leave", PackageResources.notify_lua, PackageResources.leave_lua)
    var recordCrash = RedisScript(
        name: "record_crash",
        PackageResources.incarnation_lua,
        PackageResources.record_crash_lua
    )
    var fetch = RedisScript(name: "fetch", PackageResources.incarnation_lua, PackageResources.fetch_lua)
    var acknowledge = RedisScript(name: "ack", PackageResources.incarnation_lua, PackageResources.ack_lua)
    var inspect = RedisScript(name: "inspect", PackageResources.inspect_lua)
    var deadLetter = RedisScript(
        name: "dead_letter",
        PackageResources.incarnation_lua,
        PackageResources.dead_letter_lua
    )
    var acquirePermits = RedisScript(name: "acquire_permits", PackageResources.acquire_permits_lua)
    var replay = RedisScript(name: "replay", PackageResources.replay_lua)
}

extension RedisScript {
    /// Puts a script together from its files, in order.
    fileprivate init(name: String, _ parts: [UInt8]...) {
        self.init(name: name, source: parts.map { String(decoding: $0, as: UTF8.self) }.joined())
    }
}
