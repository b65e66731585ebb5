import Destination
import Loops
import MetricCatalog
import Metrics
import Synchronization

/// What becomes of events by mapping. Mappings are few, and their names bounded: a label takes no more than so many values, ever.
final class MappingMetrics: Sendable {
    /// Names that are told apart since the process began, over all reloads. Further ones share one.
    static let maxNames = 100
    static let other = "other"
    /// Longer names are cut, in characters.
    static let nameLength = 64

    private struct Instruments: Sendable {
        let events: ClosedCounters<MappingOutcome.Kind>
        let duration: Metrics.Timer
        var usage = MappingUsage()
    }

    private let factory: any MetricsFactory
    private let known = Mutex<[String: Instruments]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Mappings are in force: they have series from now on, at 0.
    func know(_ mappings: [DestinationMapping]) {
        for mapping in mappings where mapping.isEnabled { _ = instruments(mapping.name) }
    }

    /// - Parameter now: seconds since 1970.
    func ended(_ outcomes: [MappingOutcome], at now: Double) {
        for outcome in outcomes {
            instruments(outcome.mapping) { $0.usage.count(outcome.kind, at: now) }.events
                .increment(outcome.kind)
        }
    }

    /// What a mapping has done since the process began; nothing for one that is not told apart.
    func usage(of name: String) -> MappingUsage { known.withLock { $0[name]?.usage ?? MappingUsage() } }

    func request(_ mapping: String, took: Duration) {
        let (seconds, attoseconds) = took.components
        instruments(mapping).duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// - Parameter change: made to what is kept of the mapping.
    private func instruments(_ name: String, change: (inout Instruments) -> Void = { _ in }) -> Instruments {
        known.withLock { known in
            if var found = known[name] {
                change(&found)
                known[name] = found
                return found
            }
            // The name is kept only while there is room: what comes later is not remembered by its own.
            let isKept = known.count < Self.maxNames
            if !isKept, var found = known[Self.other] {
                change(&found)
                known[Self.other] = found
                return found
            }
            let label = isKept ? Self.label(name) : Self.other
            var made = Instruments(
                events: ClosedCounters(.mappingEvents, by: .outcome, labels: [(.mapping, label)], in: factory),
                duration: BridgeMetric.mappingRequestDuration.timer([(.mapping, label)], in: factory)
            )
            change(&made)
            known[isKept ? name : Self.other] = made
            return made
        }
    }

    /// A name as a label: of one line, and not too long.
    static func label(_ name: String) -> String {
        var label = ""
        for scalar in name.unicodeScalars {
            guard label.unicodeScalars.count < nameLength else { return label + "…" }
            label.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return label
    }
}
