/// Every family by name, and what went wrong with the names. A value: copied out of the registry's lock to be read.
struct MetricTable: Sendable {
    /// Counts label sets that went into the series of `other`.
    static let overflowName = "metrics_label_overflow"
    /// Counts instruments that record nothing, because their name was taken or there were too many.
    static let conflictName = "metrics_conflicts"

    let limits: MetricRegistry.Limits
    private(set) var families: [String: MetricFamily] = [:]
    private(set) var overflows: [String: UInt64] = [:]
    private(set) var conflicts: [String: UInt64] = [:]
    /// Which family a sample name belongs to: a gauge `x_count` must not be mistaken for a part of histogram `x`.
    private var owners: [String: String] = [:]

    init(limits: MetricRegistry.Limits) {
        self.limits = limits
        for name in [Self.overflowName, Self.conflictName] {
            for sample in MetricName.samples(of: name, kind: .counter) { owners[sample] = name }
        }
    }

    /// The first description of a name counts; one that comes after its first instrument is too late and a conflict.
    mutating func describe(_ description: MetricDescription) {
        let name = MetricName.family(description.name, kind: description.kind)
        guard families[name] == nil, claim(name, kind: description.kind) else { return countConflict(name) }
        families[name] = MetricFamily(
            name: name,
            kind: description.kind,
            help: description.help,
            buckets: description.buckets,
            labelNames: description.labelNames
        )
    }

    /// The series of these labels, made when it is new, or nil when the name is taken by something else.
    mutating func series(_ kind: MetricKind, label: String, dimensions: [(String, String)]) -> MetricSeries? {
        let name = MetricName.family(label, kind: kind)
        if families[name] == nil {
            guard claim(name, kind: kind) else {
                countConflict(name)
                return nil
            }
            families[name] = MetricFamily(name: name, kind: kind)
        }
        guard families[name]?.kind == kind else {
            countConflict(name)
            return nil
        }
        let labels = MetricName.labels(dimensions, valueBytesMax: limits.labelValueBytes)
        switch families[name]?.lookup(labels, seriesMax: limits.seriesPerFamily) {
        case .found(let series): return series
        case .overflowed(let series):
            overflows[name, default: 0] += 1
            return series
        case .conflict, nil:
            countConflict(name)
            return nil
        }
    }

    mutating func remove(_ series: MetricSeries) {
        families[series.place.family]?.remove(series)
    }

    /// Takes all sample names of a new family, or none and returns false.
    private mutating func claim(_ name: String, kind: MetricKind) -> Bool {
        let samples = MetricName.samples(of: name, kind: kind)
        guard families.count < limits.families, samples.allSatisfy({ owners[$0] == nil }) else { return false }
        for sample in samples { owners[sample] = name }
        return true
    }

    private mutating func countConflict(_ name: String) {
        let isKnown = conflicts[name] != nil || conflicts.count < limits.seriesPerFamily
        conflicts[isKnown ? name : "other", default: 0] += 1
    }
}
