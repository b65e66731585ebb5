import ArgumentParser
import BridgeService
import Destination
import Ingest
import IngestService
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The intake over HTTP.
struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract:
            "Takes events over HTTP, as Segment's libraries send them, and adds them to streams, until SIGTERM or SIGINT.",
        discussion: """
            Needs a file of write keys: INGEST_KEYS. A request is answered once Redis has its events; while Redis is away, it is held for up to five \
            seconds. SIGHUP loads the keys and the certificate again, and so does a change of their files.

            A process of its own beside 'loops-bridge run', with probes and metrics on a port of its own (HTTP_PORT): where both run on one \
            machine, one of them needs another port. The secret of Loops' webhooks is INGEST_LOOPS_WEBHOOK_SECRET.
            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try CommandInput.settings { try options.settings(needsKey: false) }
        // What a mapping matches is asked for this word alone.
        let isAsked = settings.ingest.drop.contains(.unmapped)
        let destination = try isAsked ? CommandInput.destination(path: settings.mappingsPath) : .presets
        let assembly: IngestAssembly
        do {
            assembly = try IngestAssembly(settings: settings, destination: destination)
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.unusable
        }
        do {
            try await assembly.run()
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.failed
        }
    }
}
