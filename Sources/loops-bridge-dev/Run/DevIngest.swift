import Bridge
import BridgeService
import Destination
import DevKit
import Foundation
import IngestService
import Logging

/// The intake beside the bridge of `dev`: what a library of Segment's sends to it arrives like everything else.
struct DevIngest: Sendable {
    let settings: Settings
    let destination: Destination

    /// Good for this run's own events only.
    static let key = "wk_dev_0123456789"

    /// Runs until it is cancelled. One that cannot be started says so; the rest goes on without it.
    func run() async {
        do {
            try await TemporaryFolder.with { folder in
                let path = folder + "/keys.yaml"
                try "keys: [{name: dev, key: \(Self.key)}]".write(toFile: path, atomically: true, encoding: .utf8)
                var settings = settings
                settings.ingest.keys = path
                settings.ingest.stream = settings.bridge.streams[0].name
                if !FreePort.isFree(settings.ingest.port) { settings.ingest.port = 0 }
                // The bridge has the one that is set.
                settings.httpPort = 0
                // What ends with this program ends all at once, and says so.
                let logger = Loggers.logger(.init(level: .critical))
                var assembly = try IngestAssembly(settings: settings, destination: destination, logger: logger)
                assembly.signals = []
                assembly.onListening = { Terminal.printError(Self.greeting($0).joined(separator: "\n") + "\n") }
                try await assembly.run()
            }
        } catch {
            if !Task.isCancelled { Terminal.printError("No intake: \(error)") }
        }
    }

    static func greeting(_ address: String) -> [String] {
        [
            "Intake     \(address)",
            "Send an event as Segment's SDKs do:",
            "  curl -u \(key): \\",
            "    \(address)/v1/track \\",
            #"    -d '{"event":"Hello","#,
            #"         "userId":"user-3"}'"#,
        ]
    }
}
