import DevKit
import LoopsSimulator
import RedisStreams
import StreamGroups
import Testing

@testable import Bridge
@testable import BridgeService
@testable import loops_bridge

@Suite("check --connect, and what commands end with", .tags(.servers), .timeLimit(.minutes(3)))
struct CheckTests {
    private func check(_ redis: String, _ environment: [String: String]) async throws -> (
        lines: [String], status: String
    ) {
        try await Program.ask(["check", "--connect"], redis: redis, environment: environment)
    }

    @Test("All good: a line for each thing, status 0, warnings included")
    func good() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let environment = ["LOOPS_BASE_URL": "\(ports.baseURL)/v1", "LOOPS_API_KEY": TeamSeed.defaultKey]
                let answer = try await check(redis.url, environment)
                #expect(answer.status == "0", "\(answer)")
                for part in [
                    "ok       redis: redis://127.0.0.1", "ok       redis: Redis ",
                    "warning  redis: writes no append-only file", "has all rights that the bridge needs",
                    "segment:events: there is no stream yet", "takes the API key",
                ] {
                    #expect(answer.lines.contains { $0.contains(part) }, "\(part): \(answer.lines)")
                }
                #expect(!answer.lines.contains { $0.contains("\u{1B}") }, "no colours but on a terminal")
            }
        }
    }

    @Test("Each fault with what to do, and status 1: no Redis, no Loops, a refused key, rights, a group of others")
    func faults() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let api = "\(ports.baseURL)/v1"
                let nowhere = try await check(
                    "redis://127.0.0.1:1",
                    ["LOOPS_BASE_URL": "http://127.0.0.1:1", "LOOPS_API_KEY": "key"]
                )
                #expect(nowhere.status == "1")
                #expect(nowhere.lines.contains { $0.hasPrefix("fault    redis: ") && $0.contains("no connection") })
                #expect(nowhere.lines.contains { $0.hasPrefix("fault    loops: http://127.0.0.1:1 does not answer") })

                let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    defer { group.cancelAll() }
                    for command in [
                        ["XGROUP", "CREATE", "segment:events", "loops-bridge", "0", "MKSTREAM"],
                        ["HSET", "{segment:events}:bridge:loops-bridge", "partitions", "8", "rule", "userId"],
                        ["ACL", "SETUSER", "poor", "on", ">secret", "~segment:*", "+@all", "-xadd", "-eval"],
                        ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "1gb"],
                    ] {
                        _ = try await client.send(RedisCommand(command[0], command.dropFirst().map { .string($0) }))
                    }
                }
                let environment = ["LOOPS_BASE_URL": api, "LOOPS_API_KEY": "wrong-key"]
                let wrong = try await check(redis.url, environment)
                #expect(wrong.status == "1")
                for part in [
                    "allkeys-lru: when memory is full", "made with 8 partitions, bridge.partitions is 64",
                    "Set bridge.partitions to 8", "refuses the API key (401)",
                ] {
                    #expect(wrong.lines.contains { $0.contains(part) }, "\(part): \(wrong.lines)")
                }
                let poor = "redis://poor:secret@127.0.0.1:\(redis.port)"
                let denied = try await check(poor, environment)
                #expect(denied.lines.contains { $0.contains("may not: eval, ") && $0.contains("xadd") }, "\(denied)")
                #expect(!denied.lines.contains { $0.contains("secret") || $0.contains("wrong-key") })
            }
        }
    }

    @Test(
        "The exit statuses of docs/reference/exit-status.md",
        arguments: [
            (["--version"], "0"), (["help", "run"], "0"), (["check"], "2"),
            (["check", "--loops-rate-limit", "x"], "2"),
            (["nothing"], "64"), (["why"], "64"), (["check", "--connect", "--mappings", "x"], "64"),
            (["publish", "/nowhere"], "2"), (["publish", "--redis-url", "redis://127.0.0.1:1", "-"], "0"),
            (["map", "--mappings", "/nowhere"], "2"), (["test", "/nowhere"], "2"), (["dead", "list"], "1"),
            (["why", "x"], "1"), (["pause", "--redis"], "1"), (["drain"], "2"), (["help", "nothing"], "64"),
            (["dead", "nothing"], "64"), (["publish", "--check", "-"], "0"),
        ]
    )
    func statuses(arguments: [String], status: String) async throws {
        let answer = try await Program.ask(
            arguments,
            redis: "redis://127.0.0.1:1",
            environment: ["LOOPS_API_KEY": "", "NO_COLOR": "1"]
        )
        #expect(answer.status == status, "\(arguments): \(answer.lines)")
    }

    @Test(
        "What may go wrong later is a warning: a stream that nobody trims, few open files, eviction; a key of others is named"
    )
    func warnings() async throws {
        try await RedisServer.run { redis in
            try await LoopsSimulator.withRunning(.unlimited) { _, ports in
                let environment = ["LOOPS_BASE_URL": "\(ports.baseURL)/v1", "LOOPS_API_KEY": TeamSeed.defaultKey]
                for words in [
                    ["XADD", "segment:events", "*", "event", "{}"],
                    ["CONFIG", "SET", "maxmemory-policy", "volatile-ttl"],
                ] { try await RedisCLI.run(port: redis.port, words) }
                let answer = try await check(redis.url, environment)
                #expect(answer.status == "0", "\(answer)")
                for part in [
                    "warning  segment:events: nothing trims", "warning  redis: maxmemory-policy is volatile-ttl",
                ] {
                    #expect(answer.lines.contains { $0.hasPrefix(part) }, "\(part): \(answer.lines)")
                }
                let trimming = environment.merging(["BRIDGE_TRIM_FINISHED_AFTER": "1d", "BRIDGE_STREAM": "x"]) { $1 }
                let trimmed = try await check(redis.url, trimming)
                #expect(!trimmed.lines.contains { $0.contains("nothing trims") })
                #expect(trimmed.lines.contains { $0.hasSuffix("did you mean BRIDGE_STREAMS?") }, "\(trimmed)")
                let key = "{segment:events}:bridge:loops-bridge"
                try await RedisCLI.run(port: redis.port, ["SET", key, "x"])
                let foreign = try await check(redis.url, environment)
                #expect(foreign.status == "1" && foreign.lines.contains { $0.contains("the key \(key), which") })
                try await RedisCLI.run(port: redis.port, ["DEL", key])
                let limiter = GroupKeys.limiter(apiKey: TeamSeed.defaultKey)
                for other in ["\(key):leases", "\(key):last-routed", limiter] {
                    try await RedisCLI.run(port: redis.port, ["SET", other, "x"])
                    let found = try await check(redis.url, environment)
                    #expect(found.status == "1" && found.lines.contains { $0.contains("the key \(other), which") })
                    try await RedisCLI.run(port: redis.port, ["DEL", other])
                }
            }
        }
    }

    @Test("A primary behind sentinels that takes writes without replicas is warned of")
    func sentinels() async throws {
        try await RedisSentinels.run { redis in
            let environment = ["LOOPS_BASE_URL": "http://127.0.0.1:1", "LOOPS_API_KEY": "key"]
            let open = try await check(redis.url, environment)
            #expect(open.lines.contains { $0.hasPrefix("warning  redis: min-replicas-to-write is 0") }, "\(open)")
            let port = redis.primary.port
            try await RedisCLI.run(
                port: port,
                "config",
                "set",
                "min-replicas-to-write",
                "1",
                "min-replicas-max-lag",
                "10"
            )
            let lagging = try await check(redis.url, environment)
            // The sentinels of these tests wait for half a second.
            #expect(
                lagging.lines.contains { $0.hasPrefix("warning  redis: min-replicas-max-lag is 10 s") },
                "\(lagging)"
            )
        }
    }

    @Test("Completion scripts are scripts, and know the commands", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) async throws {
        let names = ["run", "check", "dead", "replay", "why", "pause", "drain", "--man"]
        let known = try await ChildProcess.run(
            "/bin/sh",
            arguments: [
                "-c",
                #"s=$("$0" --generate-completion-script "$1") && shift && for n; do case "$s" in *"$n"*) echo "$n"; esac; done"#,
                Program.path, shell,
            ] + names
        ) { child in
            await child.exited()
            return child.output
        }
        #expect(known == names.dropLast(), "what is not shown is not completed")
        guard shell == "bash" else { return }
        let parsed = try await ChildProcess.run(
            "/bin/bash",
            arguments: ["-c", #""$0" --generate-completion-script bash | bash -n && echo good"#, Program.path]
        ) { child in
            await child.exited()
            return child.output
        }
        #expect(parsed == ["good"], "\(parsed)")
    }

    @Test("publish splits batches, names bad lines by number, and goes where it is told")
    func publish() async throws {
        try await RedisServer.run { redis in
            let lines = [
                #"{"type":"identify","userId":"u1"}"#, "", "not json", #"{"batch":[{"userId":"a"},{"userId":"b"}]}"#,
                "[1]", #"{"batch":1}"#,
            ]
            let output = try await ChildProcess.run(
                "/bin/sh",
                arguments: [
                    "-c", #"printf '%s\n' "$@" | "$0" publish --stream other; echo "status $?""#, Program.path,
                ] + lines,
                environment: ["REDIS_URL": redis.url]
            ) { child in
                await child.exited()
                return child.output
            }
            #expect(output.last == "status 1" && output.contains("3 published to other, 3 left out"), "\(output)")
            for line in ["line 3: not JSON", "line 5: not a JSON object", "line 6: \"batch\""] {
                #expect(output.contains { $0.hasPrefix(line) }, "\(line)")
            }
            let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run() }
                defer { group.cancelAll() }
                #expect(try await client.length("other") == 3)
                _ = try await client.send(RedisCommand("SET", ["taken", "1"]))
            }
            let failed = try await ChildProcess.run(
                "/bin/sh",
                arguments: ["-c", #"echo '{}' | "$0" publish --stream taken; echo "status $?""#, Program.path],
                environment: ["REDIS_URL": redis.url]
            ) { child in
                await child.exited()
                return child.output
            }
            #expect(failed.last == "status 1")
            #expect(failed.contains { $0.hasPrefix("Publishing to taken failed after 0 events") }, "\(failed)")
        }
    }
}
