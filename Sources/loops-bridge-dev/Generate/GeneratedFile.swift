import BridgeService
import MetricCatalog

/// A file of the repository that is made from declarations in the code. Never edited; a test compares it.
struct GeneratedFile {
    /// From the repository's root.
    let path: String
    let text: String

    /// - Parameters:
    ///   - service: what `loops-bridge --experimental-dump-help` prints.
    ///   - developers: the same of `loops-bridge-dev`.
    ///   - runbook: what `docs/how-to/runbook.md` holds.
    static func all(service: String, developers: String, runbook: String) throws -> [GeneratedFile] {
        let service = try CommandFacts(dump: service)
        let developers = try CommandFacts(dump: developers)
        return [
            GeneratedFile(
                path: "Sources/BridgeService/Settings/SettingFlags.swift",
                text: SettingFlagsFile(settings: Setting.all).text
            ),
            GeneratedFile(
                path: "docs/reference/settings-and-commands.md",
                text: ReferencePage(service: service, developers: developers, settings: Setting.all).text
            ),
            GeneratedFile(
                path: "docs/loops-bridge.1",
                text: ManualPage(root: service, settings: Setting.all, version: Version.number).text
            ),
            GeneratedFile(
                path: "Sources/BridgeService/Admin/Page/runbook.html",
                text: try RunbookFile(markdown: runbook).text
            ),
            GeneratedFile(
                path: "deploy/metrics.json",
                text: MetricsFile(metrics: BridgeMetric.all + BridgeMetric.ingest).text
            ),
        ] + FileSchema.allCases.map { GeneratedFile(path: "docs/reference/\($0.fileName)", text: $0.text) }
    }
}
