package import CoreMetrics

/// Makes the instruments of swift-metrics in a ``MetricRegistry``.
///
/// | swift-metrics | Prometheus |
/// |---|---|
/// | `Counter`, `FloatingPointCounter` | counter; `_total` is added to the name when it is missing |
/// | `Gauge` (a `Recorder` that does not aggregate), `Meter` | gauge, without a sample until the first value |
/// | `Recorder` that aggregates | histogram |
/// | `Timer` | histogram, in seconds |
///
/// Instruments of the same name and labels share a series, and destroying one of them ends the series.
package struct PrometheusMetricsFactory: MetricsFactory {
    private let registry: MetricRegistry

    package init(registry: MetricRegistry) {
        self.registry = registry
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let series) = registry.series(.counter, label: label, dimensions: dimensions) { return series }
        return NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        if case .counter(let series) = registry.series(.counter, label: label, dimensions: dimensions) { return series }
        return NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        if case .gauge(let series) = registry.series(.gauge, label: label, dimensions: dimensions) { return series }
        return NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        switch registry.series(aggregate ? .histogram : .gauge, label: label, dimensions: dimensions) {
        case .histogram(let series): series
        case .gauge(let series): series
        case .counter, nil: NOOPMetricsHandler.instance
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        if case .histogram(let series) = registry.series(.histogram, label: label, dimensions: dimensions) {
            return series
        }
        return NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: AnyObject) {
        switch handler {
        case let series as CounterSeries: registry.remove(.counter(series))
        case let series as GaugeSeries: registry.remove(.gauge(series))
        case let series as HistogramSeries: registry.remove(.histogram(series))
        default: break
        }
    }
}
