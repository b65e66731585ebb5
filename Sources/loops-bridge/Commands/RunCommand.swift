import ArgumentParser
import Bridge
import BridgeService
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The service.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the bridge until SIGTERM or SIGINT.",
        discussion: """
            Needs the API key of Loops: LOOPS_API_KEY, or a file that holds it (LOOPS_API_KEY_FILE). Secrets have no flag, since a process list \
            shows flags to everybody; the token of POST /control is HTTP_CONTROL_TOKEN, or in HTTP_CONTROL_TOKEN_FILE, and the address of a proxy, \
            which may hold a password, is LOOPS_PROXY. The settings of 'loops-bridge ingest' may stand beside these; \
            INGEST_LOOPS_WEBHOOK_SECRET is its secret.

            Every setting is a flag, an environment variable, or a key of the settings file (--config), in that order. \
            'loops-bridge check --connect' tries them.
            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try CommandInput.settings {
            let settings = try options.settings()
            try settings.checkCertificates()
            return settings
        }
        let destination = try CommandInput.destination(path: settings.mappingsPath)
        let logger = Loggers.logger(settings.log)
        for warning in settings.warnings { logger.warning("A setting is not safe", metadata: ["error": "\(warning)"]) }
        for variable in LookalikeVariables.find(in: ProcessInfo.processInfo.environment) {
            logger.warning(
                "An environment variable looks like a setting and is ignored",
                metadata: ["variable": "\(variable.name)", "meant": "\(variable.meant)"]
            )
        }
        do {
            try await Assembly(settings: settings, destination: destination).run()
        } catch {
            Terminal.printError("\(error)")
            throw ExitStatus.failed
        }
    }
}
