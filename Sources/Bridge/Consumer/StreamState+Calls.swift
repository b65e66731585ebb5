import RedisStreams
import StreamGroups

/// The calls of the scripts, each with what this replica knows at that moment: fencing tokens are read with the work that they guard.
///
/// All throw ``GroupError`` when the group's state stands against the call, else `RedisError`.
extension StreamState {
    /// Makes the group if need be.
    func open(start: String, rule: String, hadItOpen: Bool) async throws -> OpenedGroup {
        let opened = try await group.run(
            CreateGroupScript(
                start: start,
                partitions: partitions,
                rule: rule,
                hadItOpen: hadItOpen,
                lease: timing.lease,
                floor: floor
            )
        )
        guard timing.fits(opened.lease) else {
            throw GroupError.leaseTooShort(stream: keys.stream, configured: timing, group: opened.lease)
        }
        return opened
    }

    func beat(_ heartbeat: Heartbeat) async throws -> GroupView {
        try await telling { planned in
            var heartbeat = heartbeat
            heartbeat.planned = planned
            heartbeat.address = address
            return try await group.run(heartbeat)
        }
    }

    /// Gives back all partitions, and the membership.
    func leave() async throws { try await group.run(LeaveScript(member: member, leases: leases)) }

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
        try await telling { planned in
            let ends = zip(caughtUpPartitions, tokens(of: caughtUpPartitions.map(\.partition))).map { end, token in
                RouteScript.CaughtUpPartition(partition: end.partition, lease: token?.lease, cursor: end.cursor)
            }
            return try await group.run(
                RouteScript(
                    member: member,
                    incarnation: peek.incarnation,
                    rule: rule,
                    maxPending: window,
                    from: peek.from,
                    passed: passed,
                    planned: planned,
                    entries: peek.entries.map { ($0.entry.id, $0.partition) },
                    caughtUpPartitions: ends
                )
            )
        }
    }

    /// Raises the counts of what the last owners of these partitions had in hand, and not planned, when they died.
    /// - Returns: how many entries that were.
    func blame(_ gained: [Int]) async throws -> Int {
        let partitions = gained.map { (partition: $0, lease: lease(of: $0)) }
        return try await group.run(RecordCrashScript(incarnation: incarnation, partitions: partitions))
    }

    /// Asks what waits in partitions. What the entries hold is read by ``contents(_:of:)``.
    /// - Parameter most: the entries that it may give in all.
    /// - Returns: one for each fetch, until there were so many; nil where another replica owns the partition.
    func grants(_ fetches: [FetchPlanner.Fetch], most: Int = .max) async throws -> [PullGrant?] {
        try await telling { planned in
            let partitions = zip(fetches, tokens(of: fetches.map(\.partition))).map { fetch, token in
                FetchScript.Partition(
                    partition: fetch.partition,
                    lease: token?.lease,
                    after: fetch.after,
                    count: fetch.count,
                    allowsQuarantined: fetch.allowsQuarantined
                )
            }
            return try await group.run(
                FetchScript(incarnation: incarnation, most: most, planned: planned, partitions: partitions)
            )
        }
    }

    /// Takes back what ``grants(_:most:)`` wrote ahead about suspects.
    func clearCrashCounts() async throws { try await group.clearCrashCounts(takeSurvivors()) }

    /// - Returns: the places of the batches that were refused: their partitions' tenures are over.
    func acknowledge(
        _ batches: [AckQueue.PartitionBatch],
        receipts: ReceiptWriter
    ) async throws -> (refused: Set<Int>, lostReceipts: Int) {
        let tokens = tokens(of: batches)
        guard let incarnation = tokens.lazy.compactMap({ $0?.incarnation }).first else {
            return (Set(batches.indices), 0)
        }
        return try await group.run(
            AcknowledgeScript(
                incarnation: incarnation,
                batches: zip(batches, tokens).map { batch, token in
                    AcknowledgeScript.Batch(
                        partition: batch.partition,
                        lease: token?.lease,
                        ids: batch.ids,
                        receipts: receipts.texts(batch.ends)
                    )
                },
                receiptsMax: receipts.maxLength
            )
        )
    }

    /// - Parameter fields: those that say why, and those of the entry.
    /// - Returns: how many of the oldest letters were pushed out, and how many receipts could not be written.
    func deadLetter(
        _ end: EntryCompletion,
        maxLength: Int,
        fields: [RedisArgument],
        receipts: ReceiptWriter
    ) async throws -> (evicted: Int, lostReceipts: Int) {
        let batch = AckQueue.PartitionBatch(partition: end.partition, tenure: end.tenure, ids: [end.id])
        guard let token = tokens(of: [batch])[0] else { throw GroupError.fenced(stream: keys.stream) }
        return try await group.run(
            DeadLetterScript(
                id: end.id,
                partition: end.partition,
                token: token,
                maxLength: maxLength,
                fields: fields,
                receiptsMax: receipts.maxLength,
                receipt: receipts.texts([end]).first ?? ""
            )
        )
    }

    /// Tells Redis with a call which partitions are planned. What could not be told is told with the next one.
    private func telling<Reply>(_ call: (_ planned: [Int]) async throws -> Reply) async throws -> Reply {
        let planned = takePlanned()
        do { return try await call(planned) } catch {
            self.planned(planned)
            throw error
        }
    }
}
