import RedisStreams

/// The calls of the scripts, each with its keys and arguments in one place.
///
/// All throw ``GroupFault`` when the group's state stands against the call, else `RedisError`.
extension StreamSession {
    /// Makes the group if need be.
    /// - Returns: whether the group was made, and the ID up to which entries have been routed.
    func open(start: String, rule: String, hadItOpen: Bool) async throws -> (isNew: Bool, routed: StreamID) {
        let answer = try await call(
            scripts.open,
            keys: [keys.stream, keys.state],
            [group, start, String(partitions), rule, hadItOpen ? "1" : "0"]
        )
        guard case .array(let parts) = answer, parts.count == 2, let routed = StreamID(parts[1]) else {
            throw unexpected("open")
        }
        return (parts[0] == .integer(1), routed)
    }

    func beat(_ heartbeat: Heartbeat) async throws -> LeaseView {
        try LeaseView(
            await run(scripts.heartbeat, keys: leaseKeys, heartbeat.arguments)
        )
    }

    /// Gives back all partitions, and the membership.
    func leave() async throws {
        let all = withLeases { $0.all }
        _ = try await call(
            scripts.leave,
            keys: leaseKeys,
            [member] + all.flatMap { [String($0.partition), $0.lease] }
        )
    }

    /// - Parameter readToEnd: the new entries of these partitions come with the answer, unless others were routed there that nobody has told of.
    func route(
        count: Int,
        window: Int,
        rule: String,
        entryBytes: Int,
        readToEnd: [Intake.End] = []
    ) async throws -> RouteAnswer {
        try RouteAnswer(
            await call(
                scripts.route,
                keys: [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects],
                [group, member, rule, String(count), String(window), String(entryBytes)]
                    + readToEnd.flatMap { [String($0.partition), fence($0.partition), $0.cursor.description] }
            ),
            readToEnd: readToEnd
        )
    }

    /// Hands some of another program's pending entries to partitions.
    /// - Returns: how many were handed over and how many were gone, and the ID to go on after; nil when it is done.
    func adopt(after: StreamID, count: Int, rule: String, entryBytes: Int) async throws
        -> (moved: Int, gone: Int, next: StreamID?)
    {
        let answer = try await call(
            scripts.adopt,
            keys: [keys.stream, keys.state, keys.members],
            [group, rule, String(count), String(entryBytes), after.description, member]
        )
        guard case .array(let parts) = answer, parts.count == 3, let moved = parts[0].integer,
            let gone = parts[1].integer
        else { throw unexpected("adopt") }
        return (Int(moved), Int(gone), StreamID(parts[2]))
    }

    /// Raises the counts of what the last owners of these partitions had in hand when they died.
    /// - Returns: how many entries that were.
    func blame(_ gained: [Int]) async throws -> Int {
        let answer = try await call(
            scripts.blame,
            keys: [keys.stream, keys.leases, keys.hands, keys.suspects],
            [group] + gained.flatMap { [String($0), fence($0)] }
        )
        return (answer.array ?? []).reduce(0) { $0 + Int($1.integer ?? 0) }
    }

    /// - Parameter most: the entries that it may give in all.
    /// - Returns: one for each pull, until there were so many; nil where another replica owns the partition.
    func pull(_ pulls: [Intake.Pull], most: Int = .max) async throws -> [PulledPartition?] {
        let answer = try await call(
            scripts.pull,
            keys: [keys.stream, keys.leases, keys.hands, keys.suspects],
            [group, String(most)]
                + pulls.flatMap { pull in
                    [
                        String(pull.partition), fence(pull.partition), pull.after.description, String(pull.count),
                        pull.maySuspect ? "1" : "0",
                    ]
                }
        )
        return try PulledPartition.list(answer, atMost: pulls.count)
    }

    /// Takes back what ``pull(_:)`` wrote ahead about suspects: the process is still there. Not repeated when it fails: a count that is one
    /// too high is better than one that is too low for ever.
    func clearSurvivors() async throws {
        let survivors = withIntake { $0.takeSurvivors() }
        let commands = survivors.map {
            RedisCommand("HINCRBY", [.string(keys.suspects), .string($0.description), "-1"])
        }
        if commands.isEmpty { return }
        let counts = try await client.pipeline(commands)
        // An entry that was acknowledged meanwhile has no count any more, and gets none.
        var gone: [RedisArgument] = []
        for (id, count) in zip(survivors, counts) where (try count.get().integer ?? 0) < 0 {
            gone.append(.string(id.description))
        }
        if !gone.isEmpty { _ = try await client.send(RedisCommand("HDEL", [.string(keys.suspects)] + gone)) }
    }

    /// - Returns: the partitions whose acknowledgements were refused, since another replica owns them.
    func acknowledge(_ portions: [AckQueue.Portion]) async throws -> Set<Int> {
        let answer = try await call(
            scripts.acknowledge,
            keys: [keys.stream, keys.leases, keys.suspects],
            [group]
                + portions.flatMap { portion in
                    [String(portion.partition), fence(portion.partition), String(portion.ids.count)]
                        + portion.ids.map(\.description)
                }
        )
        guard let numbers = answer.array, !numbers.isEmpty else { throw unexpected("ack") }
        return Set(numbers.dropFirst().compactMap { $0.integer.map(Int.init) })
    }

    /// - Returns: how many of the oldest letters were pushed out.
    func deadLetter(_ id: StreamID, partition: Int, maxLength: Int, fields: [RedisArgument]) async throws -> Int {
        let answer = try await run(
            scripts.deadLetter,
            keys: [keys.stream, keys.leases, keys.suspects, keys.deadLetters],
            [group, String(partition), fence(partition), id.description, String(maxLength)].map { .string($0) }
                + fields
        )
        return answer.array?.last?.integer.map(Int.init) ?? 0
    }

    func survey() async throws -> StreamSurvey {
        try StreamSurvey(await call(scripts.survey, keys: [keys.stream, keys.state, keys.deadLetters], [group]))
    }

    /// Removes entries before an ID; roughly, since whole nodes of the stream go.
    /// - Returns: how many.
    func trim(before id: StreamID, limit: Int) async throws -> Int {
        let command = RedisCommand(
            "XTRIM",
            [.string(keys.stream), "MINID", "~", .string(id.description), "LIMIT", .string(String(limit))]
        )
        let answer = try await times.measure("xtrim") { try await client.send(command) }
        return Int(answer.integer ?? 0)
    }

    private var leaseKeys: [String] { [keys.state, keys.leases, keys.members, keys.hands] }

    /// The lease of a partition; what no lease ever is when this process does not own it.
    private func fence(_ partition: Int) -> String { withLeases { $0.lease(of: partition) } ?? "none" }

    private func call(_ script: RedisScript, keys: [String], _ arguments: [String]) async throws -> RedisValue {
        try await run(script, keys: keys, arguments.map { .string($0) })
    }

    private func run(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument]) async throws -> RedisValue {
        do {
            return try await times.measure(script.name) {
                try await client.run(script, keys: keys, arguments: arguments)
            }
        } catch let error as RedisError {
            throw GroupFault(error, stream: self.keys.stream, partitions: partitions) ?? error as any Error
        }
    }

    private func unexpected(_ script: String) -> RedisError {
        RedisError(.unexpectedReply(script), command: "EVALSHA", mayHaveBeenApplied: true)
    }
}
