import Bridge
import Ingest
import StreamGroups

/// What has come in for one stream since the intake began. A value: it is told what happens, and makes a report of it.
struct IntakeTally: Sendable {
    private var report: IntakeReport
    private var meter: RateMeter

    /// - Parameter since: when the intake began, in milliseconds since 1970.
    init(since: Int64, now: ContinuousClock.Instant) {
        report = IntakeReport(since: since)
        meter = RateMeter(origin: now)
    }

    /// Events of a request, or a part of it, are in the stream.
    /// - Parameter library: of a closed set.
    mutating func count(
        _ accepted: StreamIntake.Accepted,
        key: String,
        library: String,
        now: ContinuousClock.Instant
    ) {
        count(.init(accepted: accepted.added, duplicates: accepted.duplicates), key: key)
        report.libraries[library, default: 0] += accepted.added + accepted.duplicates
        meter.count(accepted.added, now: now)
    }

    /// Events of a request that was accepted are in no stream.
    mutating func count(_ dropped: [IngestDropReason: Int], key: String) {
        for (reason, number) in dropped {
            report.drops[reason.rawValue, default: 0] += number
            count(.init(dropped: number), key: key)
        }
    }

    /// Names come and go with the file of keys: no more are told apart than one file may have.
    private mutating func count(_ counts: IntakeReport.Counts, key: String) {
        if report.keys[key] != nil || report.keys.count < IngestKeysFile.keysMax {
            report.keys[key, default: .init()] += counts
        } else {
            report.otherKeys += counts
        }
    }

    /// What is told, with what waits at this moment.
    func report(_ snapshot: StreamIntake.Snapshot, now: ContinuousClock.Instant) -> IntakeReport {
        var report = report
        report.acceptedPerSecond = meter.rate(now: now)
        report.held = snapshot.held
        report.oldestHeldSeconds = snapshot.oldest.map { max(0, (now - $0) / .seconds(1)) }
        report.outageSeconds = snapshot.outageSince.map { max(0, (now - $0) / .seconds(1)) }
        report.failure = snapshot.failure?.word
        return report
    }
}
