extension MetricRegistry {
    /// What keeps a mistake in a label from filling memory, here and in Prometheus.
    public struct Limits: Sendable {
        /// Families of metrics. Instruments of further names record nothing and count as conflicts.
        public var families: Int
        /// Series of one family. Further label values share one series whose label values are all `other`.
        public var seriesPerFamily: Int
        /// UTF-8 bytes of one label value; the rest is cut off.
        public var labelValueBytes: Int

        public init(families: Int = 1_000, seriesPerFamily: Int = 1_000, labelValueBytes: Int = 256) {
            self.families = families
            self.seriesPerFamily = seriesPerFamily
            self.labelValueBytes = labelValueBytes
        }
    }
}
