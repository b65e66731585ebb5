import ArgumentParser
import Bridge
import Logging

/// The service.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the bridge until SIGTERM or SIGINT."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try Usable.settings { try options.settings() }
        let destination = try Usable.destination(path: settings.mappingsPath)
        let logger = Loggers.logger(settings.log)
        for warning in settings.warnings { logger.warning("A setting is not safe", metadata: ["error": "\(warning)"]) }
        do {
            try await Assembly(settings: settings, destination: destination).run()
        } catch {
            Terminal.complain("\(error)")
            throw ExitStatus.failed
        }
    }
}
