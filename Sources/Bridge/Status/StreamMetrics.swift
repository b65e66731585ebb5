import Loops
import MetricCatalog
import Metrics
import Synchronization

/// The instruments of one stream.
final class StreamMetrics: Sendable {
    private enum Outcome: String, CaseIterable {
        case delivered, deleted, ignored, expired, lost
        case deadLettered = "dead_lettered"
    }

    private let read: Counter
    private let acks: Counter
    private let ends: ClosedCounters<Outcome>
    private let trimmed: Counter
    private let recreated: Counter
    private let dropped: Counter
    private let redelivered: Counter
    private let vanished: Counter
    private let large: Counter
    private let brakes: Counter
    private let lostReceipts: Counter
    private let adjustments: ClosedCounters<Adjustment.Kind>
    private let fences: ClosedCounters<FencedOperation>
    private let takeovers: ClosedCounters<TakeoverCause>
    private let failedRenewals: Counter
    private let violations: Counter
    private let late: Counter
    private let takeoverTimes: Metrics.Timer
    private let lost = Atomic(0)
    private let misordered = Atomic(0)
    private let lateRequests = Atomic(0)

    init(stream: String, factory: any MetricsFactory) {
        let labels = [(MetricLabel.stream, stream)]
        func counter(_ metric: BridgeMetric) -> Counter { metric.counter(labels, in: factory) }
        read = counter(.entriesRead)
        acks = counter(.acks)
        trimmed = counter(.entriesLost)
        recreated = counter(.groupRecreations)
        dropped = counter(.deadLettersEvicted)
        redelivered = BridgeMetric.redeliveries.counter(labels + [(.cause, "crash")], in: factory)
        vanished = counter(.pendingVanished)
        large = counter(.oversizedEntries)
        brakes = counter(.brakes)
        lostReceipts = counter(.receiptsLost)
        adjustments = ClosedCounters(.mappingAdjustments, by: .kind, labels: labels, in: factory)
        fences = ClosedCounters(.fencingRejections, by: .operation, labels: labels, in: factory)
        takeovers = ClosedCounters(.partitionTakeovers, by: .cause, labels: labels, in: factory)
        failedRenewals = counter(.leaseRenewFailures)
        violations = counter(.orderViolations)
        late = counter(.requestsSentLate)
        takeoverTimes = BridgeMetric.partitionTakeoverDuration.timer(labels, in: factory)
        ends = ClosedCounters(.entriesCompleted, by: .outcome, labels: labels, in: factory)
    }

    func entriesRead(_ count: Int) { read.increment(by: count) }
    func oversized() { large.increment() }
    func braked() { brakes.increment() }
    func receiptsLost(_ count: Int) { lostReceipts.increment(by: count) }
    func adjusted(_ kind: Adjustment.Kind) { adjustments.increment(kind) }
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
        takeovers.increment(cause)
        guard let (seconds, attoseconds) = after?.components else { return }
        takeoverTimes.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
    func fenced(_ operation: FencedOperation) { fences.increment(operation) }

    func ended(_ kind: EntryCompletion.Kind) {
        acks.increment()
        switch kind {
        case .delivered: ends.increment(.delivered)
        case .deleted: ends.increment(.deleted)
        case .ignored: ends.increment(.ignored)
        case .expired: ends.increment(.expired)
        case .deadLettered: ends.increment(.deadLettered)
        case .lost:
            ends.increment(.lost)
            lostUnread(1)
        }
    }
}

/// What Redis refused since another replica owns the partition. A closed set: it is a metric label.
enum FencedOperation: String, Sendable, CaseIterable {
    case fetch, acknowledge, deadLetter = "dead_letter"
}
