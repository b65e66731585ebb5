import ArgumentParser
import Bridge
import BridgeService
import JSON
import Operations
import StreamGroups

/// Ends a pause, for all replicas, or the rest of one.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Ends the pause of the bridge or of one stream, for all replicas.",
        discussion: """
            Sent to a replica that was drained, it makes that replica take part again instead, and leaves pauses alone; resume once more to end \
            those as well.

            Exit status: 0 resumed, also when nothing was paused, 1 nobody answered or it was refused, 2 settings cannot be used.
            """
    )

    @OptionGroup var which: PauseOptions
    @OptionGroup var options: ControlOptions

    func validate() throws { try which.check(options) }

    func run() async throws {
        let settings = try options.load()
        if which.redis {
            let ended = try await PausedStreams.each(which.stream, settings) { view in
                (view.keys.stream, try await view.resume())
            }
            for (stream, pause) in ended { Self.tell(stream, pause.map { ShownPause($0) }) }
            return
        }
        let answer = try await options.client(settings, otherwise: PauseOptions.withoutToken).post(
            "resume",
            which.stream.map { ("stream", $0) }
        )
        let still = ShownPause.list(answer, "paused")
        let ended = ShownPause.list(answer, "ended")
        if answer["takesPartAgain"]?.boolValue == true {
            Terminal.line("the replica takes part again")
            for (stream, pause) in still { Terminal.line("\(stream) is still paused \(pause.words)") }
            return
        }
        for stream in (answer["streams"]?.arrayValue ?? []).compactMap({ $0["name"]?.stringValue }) {
            Self.tell(stream, ended.first { $0.stream == stream }?.pause)
        }
    }

    private static func tell(_ stream: String, _ ended: ShownPause?) {
        Terminal.line(ended.map { "\(stream) is resumed; it was paused \($0.words)" } ?? "\(stream) is not paused")
    }
}
