import Ingest
import Logging
import RedisStreams
import StreamGroups
import Support
import Synchronization

/// Counts what comes in for one stream, and tells it in Redis every two seconds, so that bridges can show it.
///
/// Nothing depends on a report: what cannot be told now is told with the next one.
final class StreamReporter: Sendable {
    private let script: ReportScript
    private let client: RedisClient
    private let interval: Duration
    private let logger: Logger
    private let tally: Mutex<IntakeTally>
    /// What Redis refused the last report with.
    private let refusal = Mutex<String?>(nil)

    /// - Parameter intake: names this process and no other one.
    init(
        stream: String,
        intake: String,
        client: RedisClient,
        interval: Duration = .seconds(2),
        logger: Logger
    ) {
        script = ReportScript(stream: stream, intake: intake)
        self.client = client
        self.interval = interval
        self.logger = logger
        tally = Mutex(IntakeTally(since: Int64(WallClock.secondsSince1970 * 1000), now: .now))
    }

    func count(_ accepted: StreamIntake.Accepted, key: String, library: String) {
        tally.withLock { $0.count(accepted, key: key, library: library, now: .now) }
    }

    func count(_ dropped: [IngestDropReason: Int], key: String) {
        tally.withLock { $0.count(dropped, key: key) }
    }

    /// Reports for as long as an intake runs, and takes the report back when it has come to its end.
    func run(_ intake: StreamIntake) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.report(intake) }
            await intake.run()
            group.cancelAll()
        }
        await send(nil)
    }

    private func report(_ intake: StreamIntake) async {
        while !Task.isCancelled {
            let snapshot = intake.snapshot
            await send(tally.withLock { $0.report(snapshot, now: .now) })
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func send(_ report: IntakeReport?) async {
        do throws(RedisError) {
            try await script.send(report, client: client)
            refusal.withLock { $0 = nil }
        } catch {
            // Of an outage the intake tells by itself. A right that its user lacks is told here, and once.
            guard case .server(let fault) = error.reason, !Self.outages.contains(fault.code),
                refusal.withLock({ last in
                    defer { last = fault.code }
                    return last != fault.code
                })
            else { return }
            logger.warning(
                "Redis refuses what the intake tells of itself; bridges show nothing of it",
                metadata: ["stream": "\(script.stream)", "error": "\(error)"]
            )
        }
    }

    private static let outages: Set<String> = [
        "OOM", "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN", "NOREPLICAS", "MISCONF",
    ]
}
