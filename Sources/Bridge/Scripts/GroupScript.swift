import RedisStreams

/// One call of a script: its keys, its arguments, and what its reply means. Each stands beside its `.lua` file, under the same name.
protocol GroupScript: Sendable {
    associatedtype Reply: Sendable
    static var source: ScriptSource { get }
    func keys(in keys: StreamKeys) -> [String]
    func arguments(in keys: StreamKeys) -> [RedisArgument]
    func decode(_ reply: RedisValue) throws(RedisError) -> Reply
}

extension GroupScript {
    static func unexpectedReply() -> RedisError { .unexpectedReply(toScript: source.name) }
    /// What no lease ever is.
    static var noLease: String { "none" }
}

/// The text of a script, put together from its files.
struct ScriptSource: Sendable {
    /// The files in `Scripts/`, without their ending, in order. The last one is the script's own.
    let files: [String]
    let script: RedisScript
    /// Whether only people's commands run it: such calls are not timed.
    let isForPeople: Bool

    /// Its name in errors and as a metric's label.
    var name: String { script.name }

    init(_ name: String, isForPeople: Bool = false, _ files: KeyValuePairs<String, [UInt8]>) {
        self.files = files.map(\.key)
        self.isForPeople = isForPeople
        let text = files.map { String(decoding: $0.value, as: UTF8.self) }.joined()
        self.script = RedisScript(name: name, source: text)
    }

    /// Every script of the bridge: the only list of them.
    static let all = [
        CreateGroupScript.source, AdoptScript.source, RouteScript.source, FetchScript.source, AcknowledgeScript.source,
        DeadLetterScript.source, Heartbeat.source, LeaveScript.source, RecordCrashScript.source, PauseScript.source,
        AcquirePermitsScript.source, InspectScript.source, ReplayScript.source,
    ]
}

/// The scripts as they are run: their own text, unless a test has put another in its place to plant a fault.
struct GroupScripts: Sendable {
    private var replaced: [String: RedisScript] = [:]

    subscript(source: ScriptSource) -> RedisScript {
        get { replaced.isEmpty ? source.script : replaced[source.name] ?? source.script }
        set { replaced[source.name] = newValue }
    }
}

extension RedisClient {
    /// Runs a script of a group. ``GroupClient`` also times it and says what a refusal means.
    func run<Script: GroupScript>(
        _ call: Script,
        in keys: StreamKeys,
        scripts: GroupScripts = GroupScripts()
    ) async throws(RedisError) -> Script.Reply {
        try call.decode(
            await run(scripts[Script.source], keys: call.keys(in: keys), arguments: call.arguments(in: keys))
        )
    }
}
