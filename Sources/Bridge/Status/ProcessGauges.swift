import MetricCatalog
import Metrics

/// The gauges of the process as a whole, set just before they are looked at.
struct ProcessGauges: Sendable {
    private let inFlight: Gauge
    private let blocked: Gauge
    private let blockedSeconds: Gauge
    private let settling: Gauge
    private let buffered: Gauge
    private let circuitBreaker: Gauge
    private let keyAccepted: Gauge
    private let redisUp: Gauge
    private let resting: Gauge
    private let reloadOK: Gauge
    private let stopping: Gauge

    /// How far a stop has come; the gauge shows the number.
    enum ShutdownPhase: Int, Sendable {
        case running, delivering, acknowledging, leaving
    }

    init(factory: any MetricsFactory) {
        func gauge(_ metric: BridgeMetric) -> Gauge { metric.gauge(in: factory) }
        inFlight = gauge(.apiInflightRequests)
        blocked = gauge(.contactsInBackoff)
        blockedSeconds = gauge(.contactBackoffMax)
        settling = gauge(.contactsSettling)
        buffered = gauge(.entriesBuffered)
        circuitBreaker = gauge(.circuitBreakerState)
        keyAccepted = gauge(.apiKeyAccepted)
        redisUp = gauge(.redisUp)
        resting = gauge(.replicaDrained)
        reloadOK = gauge(.configReloadOk)
        stopping = gauge(.shutdownPhase)
        stopping.record(ShutdownPhase.running.rawValue)
    }

    func stopping(_ phase: ShutdownPhase) { stopping.record(phase.rawValue) }

    func set(_ status: BridgeStatus) {
        inFlight.record(status.delivery.inFlight)
        blocked.record(status.delivery.contactsInBackoff)
        blockedSeconds.record(status.delivery.blockedSeconds)
        settling.record(status.delivery.settlingContacts)
        buffered.record(status.delivery.buffered)
        circuitBreaker.record(status.delivery.hold == "outage" ? 1 : 0)
        keyAccepted.record(status.delivery.isAuthorized ? 1 : 0)
        redisUp.record(status.redisConnected ? 1 : 0)
        resting.record(status.isDrained ? 1 : 0)
        reloadOK.record(status.mappingsRefused ? 0 : 1)
    }
}
