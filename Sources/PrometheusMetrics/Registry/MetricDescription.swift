/// What a metric is to Prometheus.
package enum MetricKind: String, Sendable, CaseIterable {
    /// Only ever grows (until a restart); its name ends in `_total`.
    case counter
    /// A value that goes up and down, and that may be unknown: then it has no series.
    case gauge
    /// Observations counted in buckets, with their sum.
    case histogram
}

/// What the application says about a metric before its first use: help text, kind, buckets.
///
/// A description claims its name: an instrument of another kind under that name records nothing and counts as a
/// conflict.
package struct MetricDescription: Sendable {
    /// Bounds in seconds that suit network calls: 1 ms to 10 s.
    package static let defaultBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    package let name: String
    package let help: String
    package let kind: MetricKind
    /// Upper bounds of a histogram, ascending; `+Inf` is always added. Nil means ``defaultBuckets``.
    package let buckets: [Double]?
    /// The names of the labels, or nil when the first instrument decides them.
    ///
    /// A counter described with no labels (`[]`) shows as 0 before its first use. A gauge never does: unknown is not 0.
    package let labelNames: [String]?

    package init(
        name: String,
        help: String,
        kind: MetricKind,
        buckets: [Double]? = nil,
        labelNames: [String]? = nil
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.buckets = buckets
        self.labelNames = labelNames
    }
}

extension MetricRegistry {
    /// What keeps a mistake in a label from filling memory, here and in Prometheus.
    package struct Limits: Sendable {
        /// Families of metrics. Instruments of further names record nothing and count as conflicts.
        package var families: Int
        /// Series of one family. Further label values share one series whose label values are all `other`.
        package var seriesPerFamily: Int
        /// UTF-8 bytes of one label value; the rest is cut off.
        package var labelValueBytes: Int

        package init(families: Int = 1_000, seriesPerFamily: Int = 1_000, labelValueBytes: Int = 256) {
            self.families = families
            self.seriesPerFamily = seriesPerFamily
            self.labelValueBytes = labelValueBytes
        }
    }
}
