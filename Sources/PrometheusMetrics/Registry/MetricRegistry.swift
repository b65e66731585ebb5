import Synchronization

/// Every metric of the process: what ``PrometheusMetricsFactory`` makes instruments in, and what a scrape reads.
///
/// Its lock is taken to make, destroy and list instruments, never to record with one.
/// Names and labels of any kind are accepted; none traps. Of two instruments that disagree on the kind or the label
/// names of a metric, the first wins; the other records nothing and is counted in `metrics_conflicts_total{family}`.
package final class MetricRegistry: Sendable {
    private let table: Mutex<MetricTable>
    private let hooks = Mutex<[@Sendable () -> Void]>([])

    package init(descriptions: [MetricDescription] = [], limits: Limits = .init()) {
        var table = MetricTable(limits: limits)
        for description in descriptions { table.describe(description) }
        self.table = Mutex(table)
    }

    /// Adds descriptions; they must come before the first instruments of their names.
    package func describe(_ descriptions: [MetricDescription]) {
        table.withLock { table in
            for description in descriptions { table.describe(description) }
        }
    }

    /// Calls `hook` before every exposition, so that gauges which are cheap to read are never old.
    ///
    /// Hooks run in the order of their addition, on the thread of the scrape, outside of any lock. Two scrapes at once
    /// call them twice at once. They must return quickly, and must not keep the registry alive by a strong capture.
    package func onScrape(_ hook: @escaping @Sendable () -> Void) {
        hooks.withLock { $0.append(hook) }
    }

    /// The text of all metrics, after the hooks have run: families by name, series by label values.
    package func exposition(_ format: Exposition.Format = .text) -> String {
        for hook in hooks.withLock({ $0 }) { hook() }
        return Exposition.text(snapshot(), format: format)
    }

    /// The state of every family that has something to show. Values of different series may differ by the time that
    /// reading takes; one histogram is always consistent in itself.
    func snapshot() -> [FamilySnapshot] {
        let table = table.withLock { $0 }
        var families = table.families.values.map { FamilySnapshot($0) }
        families.append(
            FamilySnapshot(
                counting: table.overflows,
                name: MetricTable.overflowName,
                help: "Label sets beyond the limit of their family, counted in the series 'other'."
            )
        )
        families.append(
            FamilySnapshot(
                counting: table.conflicts,
                name: MetricTable.conflictName,
                help: "Instruments that record nothing: their name, kind or labels disagree with an earlier one."
            )
        )
        return families.filter { !$0.series.isEmpty }.sorted { $0.name < $1.name }
    }

    func series(_ kind: MetricKind, label: String, dimensions: [(String, String)] = []) -> MetricSeries? {
        table.withLock { $0.series(kind, label: label, dimensions: dimensions) }
    }

    func remove(_ series: MetricSeries) {
        table.withLock { $0.remove(series) }
    }
}
