package import RedisStreams

/// One call of a script: its keys, its arguments, and what its reply means. Each stands beside its `.lua` file, under the same name.
package protocol GroupScript: Sendable {
    associatedtype Reply: Sendable
    static var source: ScriptSource { get }
    func keys(in keys: GroupKeys) -> [String]
    func arguments(in keys: GroupKeys) -> [RedisArgument]
    func decode(_ reply: RedisValue) throws(RedisError) -> Reply
}

extension GroupScript {
    package static func unexpectedReply() -> RedisError { .unexpectedReply(toScript: source.name) }
    /// What no lease ever is.
    package static var noLease: String { "none" }
}

/// The text of a script, put together from its files.
package struct ScriptSource: Sendable {
    /// The files in `Scripts/`, without their ending, in order. The last one is the script's own.
    package let files: [String]
    package let script: RedisScript
    /// Whether only people's commands run it: such calls are not timed.
    package let isForPeople: Bool

    /// Its name in errors and as a metric's label.
    package var name: String { script.name }

    package init(_ name: String, isForPeople: Bool = false, _ files: KeyValuePairs<String, [UInt8]>) {
        self.files = files.map(\.key)
        self.isForPeople = isForPeople
        let text = files.map { String(decoding: $0.value, as: UTF8.self) }.joined()
        self.script = RedisScript(name: name, source: text)
    }

    /// Every script of the bridge: the only list of them.
    package static let all = [
        CreateGroupScript.source, AdoptScript.source, RouteScript.source, FetchScript.source, AcknowledgeScript.source,
        DeadLetterScript.source, Heartbeat.source, LeaveScript.source, RecordCrashScript.source, PauseScript.source,
        AcquirePermitsScript.source, InspectScript.source, ReplayScript.source,
    ]
}

/// The scripts as they are run: their own text, unless a test has put another in its place to plant a fault.
package struct GroupScripts: Sendable {
    package init() {}

    private var replaced: [String: RedisScript] = [:]

    package subscript(source: ScriptSource) -> RedisScript {
        get { replaced.isEmpty ? source.script : replaced[source.name] ?? source.script }
        set { replaced[source.name] = newValue }
    }
}

extension RedisClient {
    /// Runs a script of a group. ``GroupClient`` also times it and says what a refusal means.
    package func run<Script: GroupScript>(
        _ call: Script,
        in keys: GroupKeys,
        scripts: GroupScripts = GroupScripts()
    ) async throws(RedisError) -> Script.Reply {
        try call.decode(
            await run(scripts[Script.source], keys: call.keys(in: keys), arguments: call.arguments(in: keys))
        )
    }
}
