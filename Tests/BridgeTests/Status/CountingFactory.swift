import Metrics
import Synchronization

/// Remembers which mappings have series.
final class CountingFactory: MetricsFactory {
    private let seen = Mutex<Set<String>>([])

    var mappings: Set<String> { seen.withLock { $0 } }

    private func note(_ dimensions: [(String, String)]) {
        guard let mapping = dimensions.first(where: { $0.0 == "mapping" })?.1 else { return }
        _ = seen.withLock { $0.insert(mapping) }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        note(dimensions)
        return NOOPMetricsHandler.instance
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        note(dimensions)
        return NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
