import BridgeService
import Ingest
import MetricCatalog
import Metrics
import NIOCore

/// The instruments of the intake. Their labels are paths, statuses, codes, reasons, and names from the settings; nothing of a request is one.
final class IngestMetrics: Sendable {
    private let factory: any MetricsFactory

    init(factory: any MetricsFactory) {
        self.factory = factory
        counter(.ingestRetries).increment(by: 0)
        for code in IngestRefusal.codes { counter(.ingestRefusals, [(.code, code)]).increment(by: 0) }
    }

    private func counter(_ metric: BridgeMetric, _ labels: BridgeMetric.Labels = []) -> Counter {
        metric.counter(labels, in: factory)
    }

    private func gauge(_ metric: BridgeMetric, _ labels: BridgeMetric.Labels = []) -> Gauge {
        metric.gauge(labels, in: factory)
    }

    var droppedConnections: [IngestConnections.Cause: Counter] {
        Dictionary(
            uniqueKeysWithValues: IngestConnections.Cause.allCases.map { cause in
                (cause, counter(.ingestConnectionsDropped, [(.cause, cause.rawValue)]))
            }
        )
    }

    // MARK: Requests

    func came(_ batch: NormalizedBatch) {
        counter(.ingestSdkEvents, [(.sdk, Self.library(batch.sdk))]).increment(by: batch.count)
    }

    func dropped(_ dropped: [IngestDropReason: Int], key: IngestKey) {
        for (reason, count) in dropped {
            counter(.ingestEventsDropped, [(.key, key.name), (.reason, reason.rawValue)]).increment(
                by: count
            )
        }
    }

    func accepted(_ accepted: StreamIntake.Accepted, key: IngestKey) {
        counter(.ingestEventsAccepted, [(.key, key.name)]).increment(by: accepted.added)
        counter(.ingestEventsDuplicate, [(.key, key.name)]).increment(by: accepted.duplicates)
    }

    func answered(_ request: IngestRequest, _ answer: IngestAnswer, key: IngestKey?, bytes: Int, took: Duration) {
        let labels: BridgeMetric.Labels = [
            (.path, request.endpoint.label), (.status, "\(answer.status)"), (.key, key?.name ?? "none"),
        ]
        counter(.ingestRequests, labels).increment()
        if let refusal = answer.refusal { counter(.ingestRefusals, [(.code, refusal.code)]).increment() }
        if request.retryCount > 0 { counter(.ingestRetries).increment() }
        counter(.ingestBodyBytes).increment(by: bytes)
        BridgeMetric.ingestRequestDuration.timer(in: factory).recordNanoseconds(took.nanoseconds)
    }

    /// As libraries call themselves; a closed set.
    private static let libraries: Set<String> = [
        "analytics.js", "analytics-node", "@segment/analytics-node", "analytics-python", "segment-analytics-python",
        "analytics-ruby", "analytics-go", "analytics-java", "analytics-php", "analytics-kotlin", "analytics-swift",
        "analytics-android", "analytics-ios", "analytics-react-native", "@segment/analytics-react-native",
        "Analytics-CSharp", "RudderLabs JavaScript SDK", "rudder-sdk-python", "rudder-sdk-node", "rudder-sdk-swift",
        "rudder-sdk-kotlin", "customerio-cdp-analytics-python", "SegmentEvents",
    ]

    /// A word of that set.
    static func library(_ name: String?) -> String {
        guard let name else { return "none" }
        return libraries.contains(name) ? name : "other"
    }

    // MARK: Streams

    func observer(stream: String) -> any StreamIntake.Observer {
        StreamObserver(
            script: BridgeMetric.ingestScriptDuration.timer([(.stream, stream)], in: factory),
            hold: BridgeMetric.ingestHold.timer([(.stream, stream)], in: factory),
            failures: Dictionary(
                uniqueKeysWithValues: CallFailure.words.map { word in
                    (word, counter(.ingestScriptFailures, [(.stream, stream), (.reason, word)]))
                }
            )
        )
    }

    private struct StreamObserver: StreamIntake.Observer {
        let script: Metrics.Timer
        let hold: Metrics.Timer
        let failures: [String: Counter]

        func called(_ took: Duration, failure: CallFailure?) {
            script.recordNanoseconds(took.nanoseconds)
            if let failure { failures[failure.word]?.increment() }
        }

        func ended(_ outcome: StreamIntake.Outcome, after time: Duration) { hold.recordNanoseconds(time.nanoseconds) }
    }

    /// What is true at the moment of a scrape.
    func show(_ streams: [(stream: String, snapshot: StreamIntake.Snapshot)], connections: Int) {
        let now = ContinuousClock.now
        for (stream, snapshot) in streams {
            let labels = [(MetricLabel.stream, stream)]
            gauge(.ingestHeldRequests, labels).record(snapshot.held)
            gauge(.ingestOldestHeld, labels).record(snapshot.oldest.map { (now - $0) / .seconds(1) } ?? 0)
            gauge(.ingestOutage, labels).record(snapshot.outageSince.map { (now - $0) / .seconds(1) } ?? 0)
            if let length = snapshot.length { gauge(.ingestStreamLength, labels).record(length) }
        }
        gauge(.ingestConnections).record(connections)
    }

    func reloaded(isAccepted: Bool) {
        counter(.ingestReloads, [(.result, isAccepted ? "accepted" : "refused")]).increment()
        gauge(.ingestReloadOk).record(isAccepted ? 1 : 0)
    }

    func loaded() { gauge(.ingestReloadOk).record(1) }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
