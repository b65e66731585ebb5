import RedisStreams
import StreamGroups

/// Tries every command that the bridge uses, in forms that change nothing of the stream, and tells which are refused.
///
/// Writes go to a key of its own under the stream's hash tag, which is deleted again and vanishes by itself. `ACL DRYRUN` would be simpler, but
/// it needs a right of its own, and Redis 7.
struct PermissionProbe: Sendable {
    /// How long the key lives when nobody deletes it.
    private static let expiry = "60000"

    let keys: GroupKeys
    let group: String
    /// The key of the limiter; nil where another server may hold it, or there is none.
    let limiter: String?
    /// Tells this probe's key from others'.
    let nonce: String

    private var scratch: RedisArgument { .string("\(keys.state):check:\(nonce)") }

    /// One call for each right, in order; the last deletes the key.
    var commands: [RedisCommand] {
        let stream = RedisArgument.string(keys.stream)
        let letters = RedisArgument.string(keys.deadLetters)
        let state = RedisArgument.string(keys.state)
        // A group that is not there: an acknowledgement for it is a write that writes nothing.
        let nobody = RedisArgument.string("check-\(nonce)")
        return [
            RedisCommand("TIME"),
            RedisCommand("EVAL", ["return 1", "1", stream]),
            RedisCommand("EVALSHA", [.string(String(repeating: "0", count: 40)), "0"]),
            // The stream, the state, the dead letters and the limiter may be touched.
            RedisCommand("XLEN", [stream]),
            RedisCommand("XACK", [stream, nobody, "0-1"]),
            RedisCommand("XACK", [letters, nobody, "0-1"]),
            // An ID that no dead letter has.
            RedisCommand("XDEL", [letters, "0-1"]),
            RedisCommand("HDEL", [state, nobody]),
            RedisCommand("HDEL", [limiter.map { .string($0) } ?? state, nobody]),
            RedisCommand("XRANGE", [stream, "-", "-", "COUNT", "1"]),
            RedisCommand("XREAD", ["COUNT", "1", "STREAMS", stream, "$"]),
            RedisCommand("XINFO", ["GROUPS", stream]),
            // Everything else, on the key of its own: first as a hash, then as a set, then as a stream.
            RedisCommand("EXISTS", [scratch]),
            RedisCommand("HSET", [scratch, "a", "1"]),
            RedisCommand("PEXPIRE", [scratch, .string(Self.expiry)]),
            RedisCommand("HGET", [scratch, "a"]),
            RedisCommand("HMGET", [scratch, "a"]),
            RedisCommand("HEXISTS", [scratch, "a"]),
            RedisCommand("HKEYS", [scratch]),
            RedisCommand("HGETALL", [scratch]),
            RedisCommand("HINCRBY", [scratch, "a", "1"]),
            RedisCommand("DEL", [scratch]),
            RedisCommand("SADD", [scratch, "a"]),
            RedisCommand("SMEMBERS", [scratch]),
            RedisCommand("DEL", [scratch]),
            RedisCommand("XADD", [scratch, "1-1", "a", "b"]),
            RedisCommand("PEXPIRE", [scratch, .string(Self.expiry)]),
            RedisCommand("XGROUP", ["CREATE", scratch, nobody, "0"]),
            RedisCommand("XREADGROUP", ["GROUP", nobody, "a", "COUNT", "1", "STREAMS", scratch, ">"]),
            RedisCommand("XGROUP", ["SETID", scratch, nobody, "0"]),
            RedisCommand("XPENDING", [scratch, nobody]),
            RedisCommand("TYPE", [scratch]),
            RedisCommand("XCLAIM", [scratch, nobody, "b", "0", "1-1", "JUSTID"]),
            RedisCommand("XTRIM", [scratch, "MAXLEN", "1"]),
            RedisCommand("DEL", [scratch]),
        ]
    }

    /// What the answers say.
    /// - Parameter errors: for each of ``commands``, the error that it was answered with.
    func result(_ errors: [RedisServerError?]) -> CheckResult {
        var refused: [String] = []
        for (command, error) in zip(commands, errors) where error?.code == "NOPERM" {
            let isKey = error?.message.contains("key") ?? false
            let what = isKey ? "\(command.name.lowercased()) on the bridge's keys" : command.name.lowercased()
            if !refused.contains(what) { refused.append(what) }
        }
        guard refused.isEmpty else {
            return CheckResult(
                .fault,
                keys.stream,
                "the Redis user may not: \(refused.joined(separator: ", "))",
                advice: "Apply the ACL rule in docs/reference/redis.md."
            )
        }
        return CheckResult(.ok, keys.stream, "the Redis user has all rights that the bridge needs")
    }
}
