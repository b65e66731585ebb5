package import StreamGroups

/// What comes in over HTTP into all streams together, as intakes tell it. Unknown of one stream is unknown of all.
package struct IncomingEvents: Sendable, Equatable {
    /// One process, with all of its streams together.
    package struct Intake: Sendable, Equatable {
        /// Names this process and no other one.
        package let id: String
        package var since: Int64
        /// How long it has told nothing.
        package var silentSeconds: Double
        package var total: IntakeReport.Counts
        /// These five are nil also when it has missed reports: what was true is not known to be so.
        package var acceptedPerSecond: Double?
        package var held: Int?
        package var oldestHeldSeconds: Double?
        package var outageSeconds: Double?
        package var failure: String?

        /// An intake that has missed a few reports was killed, or is cut off from Redis.
        static let silenceMax = 10.0

        /// As people call it: without what tells it from others of that name.
        package var name: String { id.lastIndex(of: "/").map { String(id[..<$0]) } ?? id }
    }

    /// By their IDs.
    package private(set) var intakes: [Intake] = []
    package private(set) var keys: [String: IntakeReport.Counts] = [:]
    /// Of write keys that are not told apart.
    package private(set) var otherKeys = IntakeReport.Counts()
    package private(set) var drops: [String: Int] = [:]
    package private(set) var libraries: [String: Int] = [:]

    /// - Returns: nil when it is unknown.
    init?(_ streams: [StreamStatus]) {
        var all: [String: Intake] = [:]
        for stream in streams {
            guard let reported = stream.intakes else { return nil }
            for intake in reported {
                let own = Intake(intake)
                all[intake.id] = all[intake.id].map { $0.with(own) } ?? own
                take(intake.report)
            }
        }
        intakes = all.values.sorted { $0.id < $1.id }
    }

    package var total: IntakeReport.Counts { intakes.reduce(into: .init()) { $0 += $1.total } }

    /// nil when it is unknown of one of them, and when there is none.
    package var acceptedPerSecond: Double? { all(\.acceptedPerSecond)?.reduce(0, +) }
    /// Parts of requests that wait; nil as above.
    package var held: Int? { all(\.held)?.reduce(0) { $0.addingWithoutOverflow($1) } }
    /// nil also when none waits.
    package var oldestHeldSeconds: Double? { intakes.compactMap(\.oldestHeldSeconds).max() }

    private func all<Value>(_ value: (Intake) -> Value?) -> [Value]? {
        let values = intakes.compactMap(value)
        return intakes.isEmpty || values.count < intakes.count ? nil : values
    }

    private mutating func take(_ report: IntakeReport) {
        otherKeys += report.otherKeys
        for (name, counts) in report.keys {
            // As many as one report may have: several intakes have the same keys, or are in the middle of a change.
            if keys[name] != nil || keys.count < IntakeReport.keysMax {
                keys[name, default: .init()] += counts
            } else {
                otherKeys += counts
            }
        }
        Self.add(report.drops, to: &drops)
        Self.add(report.libraries, to: &libraries)
    }

    private static func add(_ numbers: [String: Int], to sums: inout [String: Int]) {
        for (name, number) in numbers where sums[name] != nil || sums.count < IntakeReport.namesMax {
            sums[name] = (sums[name] ?? 0).addingWithoutOverflow(number)
        }
    }
}

extension IncomingEvents.Intake {
    fileprivate init(_ intake: ReportedIntake) {
        let report = intake.report
        self.init(id: intake.id, since: report.since, silentSeconds: intake.silentSeconds, total: report.total)
        guard silentSeconds <= Self.silenceMax else { return }
        acceptedPerSecond = report.acceptedPerSecond
        held = report.held
        oldestHeldSeconds = report.oldestHeldSeconds
        outageSeconds = report.outageSeconds
        failure = report.failure
    }

    /// With what the same process tells of another stream.
    fileprivate func with(_ other: Self) -> Self {
        var sum = self
        sum.since = min(since, other.since)
        sum.silentSeconds = min(silentSeconds, other.silentSeconds)
        sum.total += other.total
        sum.acceptedPerSecond = acceptedPerSecond.flatMap { one in other.acceptedPerSecond.map { one + $0 } }
        sum.held = held.flatMap { one in other.held.map { one.addingWithoutOverflow($0) } }
        sum.oldestHeldSeconds = [oldestHeldSeconds, other.oldestHeldSeconds].compactMap(\.self).max()
        sum.outageSeconds = [outageSeconds, other.outageSeconds].compactMap(\.self).max()
        sum.failure = failure ?? other.failure
        return sum
    }
}
