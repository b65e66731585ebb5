import Loops
import Metrics
import Synchronization

/// The instruments of one stream.
final class StreamMetrics: Sendable {
    private let read: Counter
    private let acks: Counter
    private let ends: ClosedCounters
    private let trimmed: Counter
    private let recreated: Counter
    private let dropped: Counter
    private let redelivered: Counter
    private let vanished: Counter
    private let large: Counter
    private let brakes: Counter
    private let lostReceipts: Counter
    private let adjustments: ClosedCounters
    private let fences: ClosedCounters
    private let takeovers: ClosedCounters
    private let failedRenewals: Counter
    private let violations: Counter
    private let late: Counter
    private let takeoverTimes: Metrics.Timer
    private let lost = Atomic(0)
    private let misordered = Atomic(0)
    private let lateRequests = Atomic(0)

    init(stream: String, factory: any MetricsFactory) {
        let dimensions = [("stream", stream)]
        func counter(_ name: String) -> Counter {
            Counter(label: BridgeMetrics.prefix + name, dimensions: dimensions, factory: factory)
        }
        read = counter("entries_read_total")
        acks = counter("acks_total")
        trimmed = counter("entries_lost_total")
        recreated = counter("group_recreations_total")
        dropped = counter("dead_letters_evicted_total")
        redelivered = Counter(
            label: BridgeMetrics.prefix + "redeliveries_total",
            dimensions: dimensions + [("cause", "crash")],
            factory: factory
        )
        vanished = counter("pending_vanished_total")
        large = counter("oversized_entries_total")
        brakes = counter("brakes_total")
        lostReceipts = counter("receipts_lost_total")
        adjustments = ClosedCounters(
            "mapping_adjustments_total",
            label: "kind",
            values: Adjustment.Kind.allCases.map(\.rawValue),
            dimensions: dimensions,
            factory: factory
        )
        fences = ClosedCounters(
            "fencing_rejections_total",
            label: "operation",
            values: FencedOperation.allCases.map(\.rawValue),
            dimensions: dimensions,
            factory: factory
        )
        takeovers = ClosedCounters(
            "partition_takeovers_total",
            label: "cause",
            values: TakeoverCause.allCases.map(\.rawValue),
            dimensions: dimensions,
            factory: factory
        )
        failedRenewals = counter("lease_renew_failures_total")
        violations = counter("order_violations_total")
        late = counter("requests_sent_late_total")
        takeoverTimes = Metrics.Timer(
            label: BridgeMetrics.prefix + "partition_takeover_duration_seconds",
            dimensions: dimensions,
            factory: factory
        )
        ends = ClosedCounters(
            "entries_completed_total",
            label: "outcome",
            values: ["delivered", "ignored", "expired", "dead_lettered", "lost"],
            dimensions: dimensions,
            factory: factory
        )
    }

    func entriesRead(_ count: Int) { read.increment(by: count) }
    func oversized() { large.increment() }
    func braked() { brakes.increment() }
    func receiptsLost(_ count: Int) { lostReceipts.increment(by: count) }
    func adjusted(_ kind: Adjustment.Kind) { adjustments.increment(kind.rawValue) }
    func groupRecreated() { recreated.increment() }
    func lettersDropped(_ count: Int) { dropped.increment(by: count) }
    func entriesRedelivered(_ count: Int) { redelivered.increment(by: count) }

    func lostUnread(_ count: Int) {
        trimmed.increment(by: count)
        lost.add(count, ordering: .relaxed)
    }

    /// Entries that were trimmed before they were delivered, read or not.
    var entriesLost: Int { lost.load(ordering: .relaxed) }

    func renewalFailed() { failedRenewals.increment() }
    func outOfOrder(_ count: Int) {
        violations.increment(by: count)
        misordered.add(count, ordering: .relaxed)
    }

    /// Entries that ended after a later one of their contact.
    var entriesOutOfOrder: Int { misordered.load(ordering: .relaxed) }

    func sentLate() {
        late.increment()
        lateRequests.add(1, ordering: .relaxed)
    }

    /// Requests that left after the lease that allowed them.
    var requestsSentLate: Int { lateRequests.load(ordering: .relaxed) }

    /// Pending entries that were taken out of the group by somebody else.
    func vanished(_ count: Int) { vanished.increment(by: count) }

    /// - Parameter after: how long nobody had the partition, as far as this replica saw it; nil when it did not.
    func tookOver(_ cause: TakeoverCause, after: Duration?) {
        takeovers.increment(cause.rawValue)
        guard let (seconds, attoseconds) = after?.components else { return }
        takeoverTimes.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
    func fenced(_ operation: FencedOperation) { fences.increment(operation.rawValue) }

    func ended(_ kind: EntryCompletion.Kind) {
        acks.increment()
        switch kind {
        case .delivered: ends.increment("delivered")
        case .ignored: ends.increment("ignored")
        case .expired: ends.increment("expired")
        case .deadLettered: ends.increment("dead_lettered")
        case .lost:
            ends.increment("lost")
            lostUnread(1)
        }
    }
}

/// What Redis refused since another replica owns the partition. A closed set: it is a metric label.
enum FencedOperation: String, Sendable, CaseIterable {
    case fetch, acknowledge, deadLetter = "dead_letter"
}
