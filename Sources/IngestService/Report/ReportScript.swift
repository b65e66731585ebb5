import RedisStreams
import StreamGroups

/// One call of `report.lua`.
struct ReportScript: Sendable {
    static let script = RedisScript(
        name: "report",
        source: String(decoding: PackageResources.report_lua, as: UTF8.self)
    )
    private static let timeout = Duration.seconds(2)
    /// Whoever ends does not wait for a Redis that is away: its report is forgotten by itself.
    private static let lastTimeout = Duration.milliseconds(500)

    let stream: String
    /// Names this process and no other one.
    let intake: String

    /// - Parameter report: nil when the intake tells nothing any more.
    func send(_ report: IntakeReport?, client: RedisClient) async throws(RedisError) {
        _ = try await client.run(
            Self.script,
            keys: [GroupKeys.intakeReports(stream)],
            arguments: [
                .string(intake), .string(report?.text ?? ""), .integer(IntakeReport.holdSeconds),
                .integer(IntakeReport.reportsMax),
            ],
            timeout: report == nil ? Self.lastTimeout : Self.timeout
        )
    }
}
