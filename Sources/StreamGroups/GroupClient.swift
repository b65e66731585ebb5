package import RedisStreams

/// Runs the scripts of one stream's group, times them, and says what their refusals mean. It knows nothing by itself: fencing tokens come in with
/// the call.
package struct GroupClient: Sendable {
    package let client: RedisClient
    package let keys: GroupKeys
    package let partitions: Int
    /// Names this process and no other one, ever.
    package let member: String
    package let scripts: GroupScripts
    private let timed: @Sendable (_ command: String, _ took: Duration) -> Void
    private let clock = ContinuousClock()

    /// - Parameter timed: takes how long each call took, whether it failed or not; its name is one of ``commands``.
    package init(
        client: RedisClient,
        keys: GroupKeys,
        partitions: Int,
        member: String,
        scripts: GroupScripts = GroupScripts(),
        timed: @escaping @Sendable (_ command: String, _ took: Duration) -> Void = { _, _ in }
    ) {
        self.client = client
        self.keys = keys
        self.partitions = partitions
        self.member = member
        self.scripts = scripts
        self.timed = timed
    }

    /// What is timed: scripts by their names, and the commands that are sent without one. A closed set: a metric has them for a label.
    package static let commands =
        ScriptSource.all.filter { !$0.isForPeople }.map(\.name) + ["xrange", "xreadgroup", "xtrim"]

    /// - Throws: ``GroupError`` when the group's state stands against the call, else `RedisError`.
    package func run<Script: GroupScript>(_ call: Script) async throws -> Script.Reply {
        do {
            return try await measure(Script.source.name) {
                try await client.run(call, in: keys, scripts: scripts)
            }
        } catch let error as RedisError {
            if error.isWrongType, let wrong = try await keyOfWrongType() { throw wrong }
            throw GroupError(error, keys: keys, partitions: partitions) ?? error as any Error
        }
    }

    /// Reads by plain commands, on the server of this incarnation. What another server holds, a primary that was replaced and came back for a
    /// moment, must not be taken for what this one holds: entries that it lacks would be stepped over. So the server says who it is in the
    /// same exchange, which has one connection.
    /// - Throws: ``GroupError/incarnationChanged(stream:)`` when another server answered; nothing of its answer counts.
    package func read(_ commands: [RedisCommand], in incarnation: String) async throws -> [RedisValue] {
        let replies = try await client.pipeline([RedisCommand("INFO", ["replication"])] + commands)
        var values: [RedisValue] = []
        for (reply, command) in zip(replies, [RedisCommand("INFO")] + commands) {
            switch reply {
            case .success(let value): values.append(value)
            case .failure(let fault):
                let error = RedisError(.server(fault), command: command.name, mayHaveBeenApplied: false)
                throw GroupError(error, keys: keys, partitions: partitions) ?? error as any Error
            }
        }
        guard let id = ServerInfo.replicationID(in: values.removeFirst()), incarnation.hasSuffix(" " + id) else {
            throw GroupError.incarnationChanged(stream: keys.stream)
        }
        return values
    }

    /// Times a call, whether it fails or not.
    package func measure<Value>(_ command: String, _ body: () async throws -> Value) async rethrows -> Value {
        let start = clock.now
        defer { timed(command, clock.now - start) }
        return try await body()
    }

    /// Which of the keys holds something else than it should: the error of a script does not say.
    private func keyOfWrongType() async throws(RedisError) -> GroupError? {
        let wanted =
            [(key: keys.stream, type: "stream")] + keys.types + [
                (keys.state + ":unfetched:" + member, "set"), (keys.bell(of: member), "stream"),
            ]
        let types = try await client.pipeline(wanted.map { RedisCommand("TYPE", [.string($0.0)]) })
        for ((key, type), answer) in zip(wanted, types) {
            guard case .success(let value) = answer, let actual = value.text, actual != type, actual != "none" else {
                continue
            }
            return .wrongType(key: key, expected: type, actual: actual)
        }
        return nil
    }
}

extension RedisError {
    fileprivate var isWrongType: Bool {
        guard case .server(let fault) = reason else { return false }
        return fault.code == "WRONGTYPE" || fault.message.contains("WRONGTYPE")
    }
}
