import BridgeService
import Ingest
import Metrics
import NIOCore

/// The instruments of the intake. Their labels are paths, statuses, codes, reasons, and names from the settings; nothing of a request is one.
final class IngestMetrics: Sendable {
    private let factory: any MetricsFactory

    init(factory: any MetricsFactory) {
        self.factory = factory
        counter("ingest_retries_total").increment(by: 0)
        for code in IngestRefusal.codes { counter("ingest_refusals_total", [("code", code)]).increment(by: 0) }
    }

    private func counter(_ name: String, _ labels: [(String, String)] = []) -> Counter {
        Counter(label: "loops_bridge_" + name, dimensions: labels, factory: factory)
    }

    private func gauge(_ name: String, _ labels: [(String, String)] = []) -> Gauge {
        Gauge(label: "loops_bridge_" + name, dimensions: labels, factory: factory)
    }

    private func timer(_ name: String, _ labels: [(String, String)] = []) -> Metrics.Timer {
        Metrics.Timer(label: "loops_bridge_" + name, dimensions: labels, factory: factory)
    }

    var droppedConnections: [IngestConnections.Cause: Counter] {
        Dictionary(
            uniqueKeysWithValues: IngestConnections.Cause.allCases.map { cause in
                (cause, counter("ingest_connections_dropped_total", [("cause", cause.rawValue)]))
            }
        )
    }

    // MARK: Requests

    func came(_ batch: NormalizedBatch) {
        counter("ingest_sdk_events_total", [("sdk", Self.library(batch.sdk))]).increment(by: batch.count)
    }

    func dropped(_ dropped: [IngestDropReason: Int], key: IngestKey) {
        for (reason, count) in dropped {
            counter("ingest_events_dropped_total", [("key", key.name), ("reason", reason.rawValue)]).increment(
                by: count
            )
        }
    }

    func accepted(_ accepted: StreamIntake.Accepted, key: IngestKey) {
        counter("ingest_events_accepted_total", [("key", key.name)]).increment(by: accepted.added)
        counter("ingest_events_duplicate_total", [("key", key.name)]).increment(by: accepted.duplicates)
    }

    func answered(_ request: IngestRequest, _ answer: IngestAnswer, key: IngestKey?, bytes: Int, took: Duration) {
        let labels = [("path", request.endpoint.label), ("status", "\(answer.status)"), ("key", key?.name ?? "none")]
        counter("ingest_requests_total", labels).increment()
        if let refusal = answer.refusal { counter("ingest_refusals_total", [("code", refusal.code)]).increment() }
        if request.retryCount > 0 { counter("ingest_retries_total").increment() }
        counter("ingest_body_bytes_total").increment(by: bytes)
        timer("ingest_request_duration_seconds").recordNanoseconds(took.nanoseconds)
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
            script: timer("ingest_script_duration_seconds", [("stream", stream)]),
            hold: timer("ingest_hold_seconds", [("stream", stream)]),
            failures: Dictionary(
                uniqueKeysWithValues: CallFailure.words.map { word in
                    (word, counter("ingest_script_failures_total", [("stream", stream), ("reason", word)]))
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
            let labels = [("stream", stream)]
            gauge("ingest_held_requests", labels).record(snapshot.held)
            gauge("ingest_oldest_held_seconds", labels).record(snapshot.oldest.map { (now - $0) / .seconds(1) } ?? 0)
            gauge("ingest_outage_seconds", labels).record(snapshot.outageSince.map { (now - $0) / .seconds(1) } ?? 0)
            if let length = snapshot.length { gauge("ingest_stream_length", labels).record(length) }
        }
        gauge("ingest_connections").record(connections)
    }

    func reloaded(isAccepted: Bool) {
        counter("ingest_reloads_total", [("result", isAccepted ? "accepted" : "refused")]).increment()
        gauge("ingest_reload_ok").record(isAccepted ? 1 : 0)
    }

    func loaded() { gauge("ingest_reload_ok").record(1) }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
