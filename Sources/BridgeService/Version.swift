import CBuildInfo
import MetricCatalog
package import Metrics

/// The version that `--version`, `/version`, `User-Agent` and `build_info` show.
package enum Version {
    package static let number = "0.2.0-dev"

    /// The commit that the program was built from; nil where the build was not told.
    package static let revision: String? = {
        let text = String(cString: loops_bridge_revision())
        return text.isEmpty ? nil : text
    }()

    /// Shows both as the metric `build_info`.
    package static func record(in factory: any MetricsFactory) {
        BridgeMetric.buildInfo.gauge([(.version, number), (.revision, revision ?? "")], in: factory).record(1)
    }

    /// With the commit as build metadata (semver.org, item 10): `0.2.0-dev+0123456789ab`.
    package static let text = number + (revision.map { "+\($0)" } ?? "")
}
