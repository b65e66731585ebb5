import Logging
import Loops
import RedisStreams
import StreamGroups
import Support

/// Tells Redis about ends, in their order: batched, repeated until confirmed, and never cut off by a stop that still has time.
struct Acknowledger: Sendable {
    /// The longest that an end waits for others to share its call.
    static let maxDelay = Duration.milliseconds(25)
    /// How long a partition is left alone whose dead letter could not be written.
    static let stuckFor = Duration.seconds(1)

    let state: StreamState
    let deadLetterMaxLength: Int
    let receipts: ReceiptWriter
    let ends: CompletionCounter
    let metrics: StreamMetrics
    let logger: Logger
    private let logThrottle: LogThrottle
    private let clock = ContinuousClock()

    init(
        state: StreamState,
        deadLetterMaxLength: Int,
        receipts: ReceiptWriter = ReceiptWriter(maxLength: 0, replica: ""),
        ends: CompletionCounter,
        metrics: StreamMetrics,
        logger: Logger
    ) {
        self.state = state
        self.deadLetterMaxLength = deadLetterMaxLength
        self.receipts = receipts
        self.ends = ends
        self.metrics = metrics
        self.logger = logger
        self.logThrottle = LogThrottle(logger: logger)
    }

    /// Runs until ``StreamState/acks`` is finished and all is confirmed, or the task is cancelled.
    /// - Returns: how many ends stayed unconfirmed: their entries stay pending and are recognised or delivered again.
    func run() async -> Int {
        while await state.acks.wait() {
            if state.pendingAcks < AckQueue.batch { try? await clock.sleep(for: Self.maxDelay) }
            await flush(downTo: AckQueue.batch)
        }
        await flush(downTo: 0)
        return state.pendingAcks
    }

    /// Sends what waits, until nothing does or the task is cancelled.
    /// - Parameter few: fewer that have come meanwhile share a later call; they have signalled it.
    private func flush(downTo few: Int) async {
        var failures = 0
        var stuck: Set<Int> = []
        var stuckUntil = clock.now
        while !Task.isCancelled {
            await confirmViolations()
            reportViolations()
            if clock.now >= stuckUntil { stuck = [] }
            let calls = state.nextAcknowledgements(except: stuck)
            if calls.isEmpty {
                if stuck.isEmpty { return }
                try? await clock.sleep(for: Self.maxDelay)
                continue
            }
            do {
                for call in calls {
                    let fenced = try await send(call)
                    let confirmed = state.acknowledged(call.count, except: stuck, fenced: fenced)
                    let now = WallClock.secondsSince1970
                    ends.confirm(confirmed, now: now)
                    log(confirmed, now: now)
                }
                failures = 0
                // Below that many calls, all that waited was sent: what waits now came later.
                let isAll = stuck.isEmpty && calls.count < AckQueue.maxCalls
                if isAll, state.pendingAcks < few { return }
            } catch let unwritten as DeadLetterUnwritten {
                if stuck.isEmpty { stuckUntil = clock.now + Self.stuckFor }
                stuck.insert(unwritten.partition)
                report(unwritten.fault)
            } catch GroupError.incarnationChanged {
                // The next heartbeat ends the tenures of these ends; what is left of them is dropped then.
                state.heartbeat.signal()
                try? await clock.sleep(for: Self.maxDelay)
            } catch {
                failures += 1
                logThrottle.failed(
                    error,
                    key: "ack",
                    "Failed to acknowledge entries; retrying",
                    metadata: ["stream": "\(state.keys.stream)"]
                )
                let policy = RetryPolicy(base: .milliseconds(50), cap: .seconds(2))
                let delay = policy.delay(afterFailures: failures, random: 0.5 + .random(in: 0..<0.5))
                try? await clock.sleep(for: delay)
            }
        }
    }

    /// A dead letter could not be written: the entries of its partition wait for that, and no others.
    private struct DeadLetterUnwritten: Error {
        let partition: Int
        let fault: GroupError
    }

    private func reportDropped(_ count: Int) {
        metrics.lettersDropped(count)
        logThrottle.log(
            .warning,
            key: "dropped",
            "Dead-letter stream is full; evicting the oldest dead letters",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
        )
    }

    private func reportLostReceipts(_ count: Int) {
        metrics.receiptsLost(count)
        logThrottle.log(
            .error,
            key: "receipts",
            "Receipts could not be written; their entries are acknowledged",
            metadata: ["stream": "\(state.keys.stream)", "count": "\(count)"]
        )
    }

    private func report(_ fault: GroupError) {
        logThrottle.log(
            .error,
            key: "letters",
            "A dead letter cannot be written; its partition's entries stay pending until it can",
            metadata: ["stream": "\(state.keys.stream)", "error": "\(fault)"]
        )
    }

    /// A contact that was left at an older entry was stepped over, unless Redis has lost the later one as well.
    private func confirmViolations() async {
        let behind = state.takeBehind()
        if behind.isEmpty { return }
        do {
            let entries = try await state.group.entries(behind.map(\.after), in: state.incarnation)
            let there = zip(behind, entries).compactMap { $1 == nil ? nil : $0 }
            state.confirm(there)
        } catch {
            logThrottle.log(
                .warning,
                key: "order",
                "Could not find out whether contacts were left at older entries",
                metadata: ["stream": "\(state.keys.stream)", "error": "\(error)", "count": "\(behind.count)"]
            )
        }
    }

    /// It must never happen, so each time that it does is worth a line of the log.
    private func reportViolations() {
        let (count, last) = state.takeViolations()
        guard let last else { return }
        metrics.outOfOrder(count)
        logger.error(
            "A contact's entries ended out of order. This is a fault of the bridge: please report it",
            metadata: [
                "stream": "\(state.keys.stream)", "partition": "\(last.partition)", "id": "\(last.id)",
                "after": "\(last.after)", "contact": "\(Redaction.hash(last.contact))", "count": "\(count)",
            ]
        )
    }

    /// - Returns: the tenures of the call that are over: their entries are delivered again, and nothing of theirs counts any more.
    private func send(_ call: AckQueue.Call) async throws -> Set<Int> {
        switch call {
        case .acknowledge(let portions):
            let (fenced, lost) = try await state.acknowledge(portions, receipts: receipts)
            if lost > 0 { reportLostReceipts(lost) }
            if !fenced.isEmpty { metrics.fenced(.acknowledge) }
            return Set(fenced.map { portions[$0].tenure })
        case .erase(let end):
            try await eraseLetters(of: end)
            var portion = AckQueue.PartitionBatch(partition: end.partition, tenure: end.tenure, ids: [end.id])
            portion.ends = [end]
            return try await send(.acknowledge([portion]))
        case .deadLetter(let end, let faults):
            let letter = DeadLetterFields(
                end: end,
                faults: faults,
                stream: state.keys.stream,
                now: Int64(WallClock.secondsSince1970 * 1000)
            )
            do {
                let (dropped, lost) = try await state.deadLetter(
                    end,
                    maxLength: deadLetterMaxLength,
                    fields: letter.arguments + content(of: end),
                    receipts: receipts
                )
                state.deadLettersAre(unwritable: nil)
                if lost > 0 { reportLostReceipts(lost) }
                if dropped > 0 { reportDropped(dropped) }
            } catch GroupError.fenced {
                metrics.fenced(.deadLetter)
                return [end.tenure]
            } catch let fault as GroupError {
                guard case .deadLetterWriteFailed(_, let why) = fault else { throw fault }
                state.deadLettersAre(unwritable: why)
                throw DeadLetterUnwritten(partition: end.partition, fault: fault)
            }
            report(end, faults)
            return []
        }
    }

    /// Before the acknowledgement, so that a process that dies in between leaves it to the next one.
    private func eraseLetters(of end: EntryCompletion) async throws {
        let eraser = DeadLetterEraser(client: state.client, key: state.keys.deadLetters)
        var metadata: Logger.Metadata = [
            "stream": "\(state.keys.stream)", "id": "\(end.id)", "contact": "\(Redaction.hash(end.contact))",
        ]
        do throws(RedisError) {
            let count = try await eraser.erase(Set(end.erasedContacts))
            metadata["deadLetters"] = "\(count)"
            logger.notice("A contact was deleted at Loops, and its dead letters were removed", metadata: metadata)
        } catch {
            // The contact is gone at Loops: an entry that can never remove letters must not come again and again.
            guard case .server(let answer) = error.reason, answer.code == "NOPERM" else { throw error }
            metadata["error"] = "\(error)"
            metadata["advice"] =
                "Apply the ACL rule in docs/reference/redis.md, then use 'loops-bridge dead drop --contact'"
            logger.error(
                "A contact was deleted at Loops, and its dead letters stay: the Redis user may not remove them",
                metadata: metadata
            )
        }
    }

    /// What the letter holds of its entry, read by a plain command: all of it, or how much was left in the stream.
    private func content(of end: EntryCompletion) async throws -> [RedisArgument] {
        func leftOut(_ count: Int) -> [RedisArgument] { [.bytes(DeadLetter.leftOutName), .string(String(count))] }
        if end.isUnreadable { return leftOut(1) }
        let fields: [StreamField]
        do {
            fields = try await state.fields(of: end.id) ?? []
        } catch let error as RedisError {
            guard case .replyTooLarge = error.reason else { throw error }
            return leftOut(1)
        }
        let bytes = fields.reduce(0) { $0 + $1.name.count + $1.value.count }
        guard fields.count <= DeadLetter.maxFields, bytes <= DeadLetter.maxBytes else { return leftOut(fields.count) }
        return fields.flatMap { [.bytes($0.name), .bytes($0.value)] }
    }

    /// Many may come at once, of one cause: the letters themselves say more.
    private func report(_ end: EntryCompletion, _ faults: [DeliveryFailure]) {
        let reason = faults.first?.reason.rawValue ?? ""
        var metadata: Logger.Metadata = [
            "stream": "\(state.keys.stream)", "id": "\(end.id)", "reason": "\(reason)",
            "contact": "\(Redaction.hash(end.contact))",
        ]
        if let id = faults.first?.requestID { metadata["requestId"] = "\(id)" }
        if let key = faults.first?.idempotencyKey { metadata["idempotencyKey"] = "\(key)" }
        if let trace = end.trace { metadata["traceId"] = "\(trace.traceID)" }
        logThrottle.log(.warning, key: reason, "An entry went to the dead-letter stream", metadata: metadata)
    }
}
