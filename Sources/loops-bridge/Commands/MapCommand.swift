import ArgumentParser
import Bridge
import BridgeService
import Destination
import JSON

/// The dry run: events in, requests out.
struct MapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract:
            "Reads events as NDJSON from standard input and prints the requests that they would become; sends nothing.",
        discussion: """
            A line is a Segment event, or {"event": …, "mappings": […]} whose mappings stand in for the configured ones. One line of JSON \
            comes out per line that goes in.

            With --explain it says for people, for each mapping: which conditions of the trigger the event meets and which not, each field's \
            value and the directives that gave it, what was left out or changed, every fault, and the request. In colours on a terminal, \
            unless NO_COLOR is set.

            Exit status: 0 all was read, whatever the events are, 2 the mappings or standard input cannot be read.
            """
    )

    @Option(help: "A mappings file; the destination's two presets if not given.", completion: .file()) var mappings:
        String?
    @Flag(help: "Explains instead: what becomes of each event, and why.") var explain = false

    func run() async throws {
        let destination = try CommandInput.destination(path: mappings)
        if Terminal.isTyped { Terminal.printError(LineReader.typedNotice) }
        try await CommandInput.lines {
            if explain { try Self.explain(destination) } else { try Self.map(destination) }
        }
    }

    private static func map(_ destination: Destination) throws {
        let mapper = LineMapper(destination: destination)
        var output: [UInt8] = []
        // What was mapped before a fault is told.
        defer { Terminal.write(output) }
        var lines = LineReader.standardInput
        while let line = try lines.next() {
            if line.isEmpty { continue }
            mapper.map(line).append(to: &output)
            output.append(0x0A)
            if output.count > 256 * 1024 {
                Terminal.write(output)
                output.removeAll(keepingCapacity: true)
            }
        }
    }

    private static func explain(_ destination: Destination) throws {
        let explainer = LineExplainer(destination: destination)
        let style: TextStyle = Terminal.hasOutputColour ? .coloured : .plain
        var isFirst = true
        var lines = LineReader.standardInput
        while let line = try lines.next() {
            if line.isEmpty { continue }
            let text =
                switch explainer.explain(line) {
                case .explained(let explanation): ExplanationText.text(explanation, style: style)
                case .trigger(let trigger, let explanation):
                    ExplanationText.text(trigger: trigger, explanation, style: style)
                case .plain(let answer): answer.visibleText + "\n"
                }
            Terminal.write(Array(((isFirst ? "" : "\n") + text).utf8))
            isFirst = false
        }
    }
}
