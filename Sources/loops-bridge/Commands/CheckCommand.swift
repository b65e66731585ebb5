import ArgumentParser
import Bridge

/// Settings and mappings, checked without running anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks settings and mappings and reports every fault at once; connects to nothing."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try Usable.settings { try options.settings() }
        let destination = try Usable.destination(path: settings.mappingsPath)
        let streams = settings.bridge.streams.map { $0.weight == 1 ? $0.name : "\($0.name) (weight \($0.weight))" }
        print(
            """
            The settings are good.
              Redis      \(settings.bridge.redis)
              Loops      \(settings.bridge.loops)
              streams    \(streams.joined(separator: ", ")), group \(settings.bridge.group)
              mappings   \(settings.mappingsPath ?? "the destination's presets"): \(destination.mappings.count)
            """
        )
    }
}
