import Crypto
import MetricCatalog
import Metrics
import Synchronization

/// The gauge whose label tells the settings and mappings in force from others, so that replicas can be compared. Secrets, and what is meant
/// to differ between replicas, are not in it.
final class ConfigurationInfo: Sendable {
    private let settings: [String]
    private let factory: any MetricsFactory
    private let shown = Mutex<(hash: String, gauge: Gauge)?>(nil)

    /// - Parameter settings: ``Settings/shared``.
    init(settings: [String], factory: any MetricsFactory) {
        self.settings = settings
        self.factory = factory
    }

    /// Shows what is in force now, and nothing of what was before.
    /// - Parameter mappings: the digest of the mappings.
    func show(mappings: String) {
        let hash = Self.hash(settings: settings, mappings: mappings)
        shown.withLock { shown in
            guard shown?.hash != hash else { return }
            shown?.gauge.destroy()
            let gauge = BridgeMetric.configInfo.gauge([(.hash, hash)], in: factory)
            gauge.record(1)
            shown = (hash, gauge)
        }
    }

    static func hash(settings: [String], mappings: String) -> String {
        // A line each: no setting's value has a line break that could make two of it, since each begins with a known key.
        let text = (settings.sorted() + ["mappings=\(mappings)"]).joined(separator: "\n")
        return SHA256.hash(data: Array(text.utf8)).prefix(6).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
