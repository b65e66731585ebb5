import RedisStreams

/// The Lua scripts of a stream, each in a file of its own in `Scripts/`. A value, so that a test can plant a fault in one.
struct StreamScripts: Sendable {
    var open = RedisScript(
        name: "open",
        PackageResources.bells_lua,
        PackageResources.incarnation_lua,
        PackageResources.position_lua,
        PackageResources.open_lua
    )
    var adopt = RedisScript(
        name: "adopt",
        PackageResources.claims_lua,
        PackageResources.position_lua,
        PackageResources.incarnation_lua,
        PackageResources.bells_lua,
        PackageResources.adopt_lua
    )
    var route = RedisScript(
        name: "route",
        PackageResources.claims_lua,
        PackageResources.position_lua,
        PackageResources.incarnation_lua,
        PackageResources.bells_lua,
        PackageResources.route_lua
    )
    var heartbeat = RedisScript(
        name: "heartbeat",
        PackageResources.bells_lua,
        PackageResources.incarnation_lua,
        PackageResources.position_lua,
        PackageResources.heartbeat_lua
    )
    var pause = RedisScript(name: "pause", PackageResources.bells_lua, PackageResources.pause_lua)
    var leave = RedisScript(name: "leave", PackageResources.bells_lua, PackageResources.leave_lua)
    var blame = RedisScript(name: "blame", PackageResources.incarnation_lua, PackageResources.blame_lua)
    var pull = RedisScript(name: "pull", PackageResources.incarnation_lua, PackageResources.pull_lua)
    var acknowledge = RedisScript(name: "ack", PackageResources.incarnation_lua, PackageResources.ack_lua)
    var survey = RedisScript(name: "survey", PackageResources.survey_lua)
    var deadLetter = RedisScript(
        name: "dead_letter",
        PackageResources.incarnation_lua,
        PackageResources.dead_letter_lua
    )
    var permit = RedisScript(name: "permit", PackageResources.permit_lua)
    var replay = RedisScript(name: "replay", PackageResources.replay_lua)
}

extension RedisScript {
    /// Puts a script together from its files, in order.
    fileprivate init(name: String, _ parts: [UInt8]...) {
        self.init(name: name, source: parts.map { String(decoding: $0, as: UTF8.self) }.joined())
    }
}
