import ArgumentParser
import Bridge
import BridgeService
import Operations
import StreamGroups

/// Stops streams, for all replicas, until they are resumed.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pauses the bridge, or one stream: nothing new is started, on no replica, until 'resume'.",
        discussion: """
            What is under way ends; what waits stays in Redis and is planned anew after the pause, by the mappings in force at that time. The \
            pause is kept in Redis, so it outlives restarts. A pause that is there already stays as it is.

            Exit status: 0 paused, 1 nobody answered or it was refused, 2 settings cannot be used.
            """
    )

    @OptionGroup var which: PauseOptions
    @Option(help: "Why; shown wherever the pause is.") var reason = ""
    @Option(help: "Who; user and host if not given.") var by: String?
    @OptionGroup var options: ControlOptions

    func validate() throws { try which.check(options) }

    func run() async throws {
        let settings = try options.load()
        let by = by ?? ControlOptions.person
        let pauses: [(stream: String, pause: ShownPause)]
        if which.redis {
            let pause = Pause(by: by, reason: reason)
            pauses = try await PausedStreams.each(which.stream, settings) { view in
                (view.keys.stream, ShownPause(try await view.pause(pause)))
            }
        } else {
            let query = which.stream.map { ("stream", $0) } + [("reason", reason)]
            pauses = ShownPause.list(
                try await options.client(settings, otherwise: PauseOptions.withoutToken).post("pause", by: by, query),
                "paused"
            )
        }
        for (stream, pause) in pauses { Terminal.line("\(stream) is paused \(pause.words)") }
    }
}
