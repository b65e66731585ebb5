import ArgumentParser
import BridgeService
import JSON

/// Makes one replica load its mappings again.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Makes one replica load its mappings file again, as SIGHUP does, and says what is wrong with it.",
        discussion: """
            A file that cannot be used is refused, and the mappings in force stay.

            Exit status: 0 loaded, 1 the file is refused, or nobody answered, 2 settings cannot be used.
            """
    )

    @OptionGroup var options: ControlOptions

    func run() async throws {
        let answer = try await options.client(try options.load()).post("reload")
        Terminal.line("\(Int64(saturating: answer["mappings"]?.doubleValue ?? 0)) mappings are in force")
    }
}
