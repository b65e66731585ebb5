import RedisStreams

/// The calls of the scripts, each with its keys and arguments in one place.
///
/// All throw ``GroupError`` when the group's state stands against the call, else `RedisError`.
extension StreamState {
    /// Makes the group if need be.
    /// - Returns: whether the group was made, the ID up to which entries have been routed, and the group's lease time.
    func open(start: String, rule: String, hadItOpen: Bool) async throws -> OpenedGroup {
        let answer = try await call(
            scripts.createGroup,
            keys: [keys.stream, keys.state, keys.leases, keys.members],
            [
                group, start, String(partitions), rule, hadItOpen ? "1" : "0",
                String(Int(timing.lease / .milliseconds(1))),
                floor?.description ?? "",
            ]
        )
        guard case .array(let parts) = answer, parts.count == 3, let routed = StreamID(parts[1]),
            let lease = parts[2].integer
        else { throw unexpected("create_group") }
        let opened = OpenedGroup(isNew: parts[0] == .integer(1), routed: routed, lease: .milliseconds(lease))
        guard timing.fits(opened.lease) else {
            throw GroupError.leaseTooShort(stream: keys.stream, configured: timing, group: opened.lease)
        }
        return opened
    }

    func beat(_ heartbeat: Heartbeat) async throws -> GroupView {
        var heartbeat = heartbeat
        heartbeat.planned = takePlanned()
        do {
            return try GroupView(
                await run(scripts.heartbeat, keys: leaseKeys + [keys.stream], heartbeat.arguments(group: group))
            )
        } catch {
            planned(heartbeat.planned)
            throw error
        }
    }

    /// Gives back all partitions, and the membership.
    func leave() async throws {
        _ = try await call(
            scripts.leave,
            keys: leaseKeys,
            [member] + leases.flatMap { [String($0.partition), $0.lease] }
        )
    }

    /// Puts what was read behind the group's position into its partitions.
    /// - Parameters:
    ///   - passed: how many entries of the stream have been passed at the peek's beginning; nil to say nothing of it.
    ///   - caughtUpPartitions: the new entries of these partitions are in hand, unless others were routed there that nobody has told of.
    func route(
        _ peek: Peek,
        window: Int,
        rule: String,
        passed: Int? = nil,
        caughtUpPartitions: [FetchPlanner.End] = []
    ) async throws -> RouteAnswer {
        let planned = takePlanned()
        var arguments = [group, member, peek.incarnation, rule, String(window), peek.from.description]
        arguments += [passed.map(String.init) ?? "", String(planned.count)] + planned.map(String.init)
        arguments.append(String(peek.entries.count))
        for peeked in peek.entries { arguments += [peeked.entry.id.description, String(peeked.partition)] }
        arguments.append(String(caughtUpPartitions.count))
        for (end, token) in zip(caughtUpPartitions, tokens(of: caughtUpPartitions.map(\.partition))) {
            arguments += [String(end.partition), token?.lease ?? Self.noLease, end.cursor.description]
        }
        do {
            return try RouteAnswer(
                await call(
                    scripts.route,
                    keys: [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects],
                    arguments
                )
            )
        } catch {
            self.planned(planned)
            throw error
        }
    }

    /// Puts some of another program's pending entries into partitions.
    /// - Parameters:
    ///   - entries: with the partition of each; nil for one that is gone from the stream.
    ///   - isLast: whether there is nothing behind them.
    func adopt(
        _ entries: [(id: StreamID, partition: Int?)],
        isLast: Bool,
        rule: String,
        incarnation: String
    ) async throws -> (moved: Int, gone: Int, late: Int) {
        let answer = try await call(
            scripts.adopt,
            keys: [keys.stream, keys.state, keys.leases],
            [group, incarnation, rule, isLast ? "1" : "0"]
                + entries.flatMap { [$0.id.description, $0.partition.map(String.init) ?? "-"] }
        )
        guard case .array(let parts) = answer, parts.count == 3, let moved = parts[0].integer,
            let gone = parts[1].integer, let late = parts[2].integer
        else { throw unexpected("adopt") }
        return (Int(moved), Int(gone), Int(late))
    }

    /// Raises the counts of what the last owners of these partitions had in hand, and not planned, when they died.
    /// - Returns: how many entries that were.
    func blame(_ gained: [Int]) async throws -> Int {
        let answer = try await call(
            scripts.recordCrash,
            keys: [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects],
            [group, incarnation] + gained.flatMap { [String($0), lease(of: $0) ?? Self.noLease] }
        )
        return (answer.array ?? []).reduce(0) { $0 + Int($1.integer ?? 0) }
    }

    /// Asks what waits in partitions. What the entries hold is read by ``contents(_:of:)``.
    /// - Parameter most: the entries that it may give in all.
    /// - Returns: one for each pull, until there were so many; nil where another replica owns the partition.
    func grants(_ pulls: [FetchPlanner.Fetch], most: Int = .max) async throws -> [PullGrant?] {
        let planned = takePlanned()
        let tokens = tokens(of: pulls.map(\.partition))
        var arguments = [group, incarnation, String(most), String(planned.count)] + planned.map(String.init)
        for (pull, token) in zip(pulls, tokens) {
            arguments += [
                String(pull.partition), token?.lease ?? Self.noLease, pull.after.description, String(pull.count),
                pull.maySuspect ? "1" : "0",
            ]
        }
        do {
            let answer = try await call(
                scripts.fetch,
                keys: [keys.stream, keys.state, keys.leases, keys.hands, keys.suspects],
                arguments
            )
            return try PullGrant.list(answer, atMost: pulls.count)
        } catch {
            self.planned(planned)
            throw error
        }
    }

    /// Takes back what ``grants(_:most:)`` wrote ahead about suspects: the process is still there. Not repeated when it fails: a count that is
    /// one too high is better than one that is too low for ever.
    func clearSurvivors() async throws {
        let survivors = takeSurvivors()
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

    /// - Returns: the places of the portions that were refused: their partitions' tenures are over.
    func acknowledge(_ portions: [AckQueue.PartitionBatch]) async throws -> Set<Int> {
        let tokens = tokens(of: portions)
        guard let incarnation = tokens.lazy.compactMap({ $0?.incarnation }).first else { return Set(portions.indices) }
        var arguments = [group, incarnation]
        for (portion, token) in zip(portions, tokens) {
            arguments += [String(portion.partition), token?.lease ?? Self.noLease, String(portion.ids.count)]
            arguments += portion.ids.map(\.description)
        }
        let answer = try await call(
            scripts.acknowledge,
            keys: [keys.stream, keys.state, keys.leases, keys.suspects],
            arguments
        )
        guard let numbers = answer.array, !numbers.isEmpty else { throw unexpected("ack") }
        return Set(numbers.dropFirst().compactMap { $0.integer.map { Int($0) - 1 } })
    }

    /// - Parameter fields: those that say why, and those of the entry.
    /// - Returns: how many of the oldest letters were pushed out.
    func deadLetter(_ end: EntryCompletion, maxLength: Int, fields: [RedisArgument]) async throws -> Int {
        let batch = AckQueue.PartitionBatch(partition: end.partition, tenure: end.tenure, ids: [end.id])
        guard let token = tokens(of: [batch])[0] else {
            throw GroupError.fenced(stream: keys.stream)
        }
        let answer = try await run(
            scripts.deadLetter,
            keys: [keys.stream, keys.state, keys.leases, keys.suspects, keys.deadLetters],
            [
                group, token.incarnation, String(end.partition), token.lease, end.id.description, String(maxLength),
            ].map { .string($0) } + fields
        )
        return answer.array?.last?.integer.map(Int.init) ?? 0
    }

    func survey() async throws -> StreamSurvey {
        try await times.measure(scripts.inspect.name) {
            try await StreamSurvey.of(keys, group: group, client: client, script: scripts.inspect)
        }
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

    /// What no lease ever is.
    private static var noLease: String { "none" }

    private func call(_ script: RedisScript, keys: [String], _ arguments: [String]) async throws -> RedisValue {
        try await run(script, keys: keys, arguments.map { .string($0) })
    }

    private func run(_ script: RedisScript, keys: [String], _ arguments: [RedisArgument]) async throws -> RedisValue {
        do {
            return try await times.measure(script.name) {
                try await client.run(script, keys: keys, arguments: arguments)
            }
        } catch let error as RedisError {
            if error.isWrongType, let wrong = try await keyOfWrongType() { throw wrong }
            throw GroupError(error, keys: self.keys, partitions: partitions) ?? error as any Error
        }
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

    private func unexpected(_ script: String) -> RedisError { .unexpectedReply(toScript: script) }
}

/// What the open script answered.
struct OpenedGroup: Sendable, Equatable {
    let isNew: Bool
    /// The ID up to which entries have been routed.
    let routed: StreamID
    /// The group's lease time.
    let lease: Duration
}

extension RedisError {
    fileprivate var isWrongType: Bool {
        guard case .server(let fault) = reason else { return false }
        return fault.code == "WRONGTYPE" || fault.message.contains("WRONGTYPE")
    }
}
