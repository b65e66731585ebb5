import RedisStreams

/// The Lua scripts, each in a file of its own beside this one's folder.
enum StreamScripts {
    static let open = RedisScript(name: "open", source: String(decoding: PackageResources.open_lua, as: UTF8.self))
    static let route = RedisScript(name: "route", source: String(decoding: PackageResources.route_lua, as: UTF8.self))
    static let pull = RedisScript(name: "pull", source: String(decoding: PackageResources.pull_lua, as: UTF8.self))
    static let acknowledge = RedisScript(name: "ack", source: String(decoding: PackageResources.ack_lua, as: UTF8.self))
    static let deadLetter = RedisScript(
        name: "dead_letter",
        source: String(decoding: PackageResources.dead_letter_lua, as: UTF8.self)
    )
}
