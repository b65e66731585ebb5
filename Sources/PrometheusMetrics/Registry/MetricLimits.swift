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
