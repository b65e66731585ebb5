import ArgumentParser
import Bridge
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
            """
    )

    @Option(help: "A mappings file; the destination's two presets if not given.") var mappings: String?
    @Flag(help: "Explains instead: what becomes of each event, and why.") var explain = false

    func run() async throws {
        let destination = try Usable.destination(path: mappings)
        let lines = LineReader(fileDescriptor: 0)
        if explain { return Self.explain(lines, destination) }
        let mapper = LineMapper(destination: destination)
        var output: [UInt8] = []
        for line in lines {
            if line.isEmpty { continue }
            mapper.map(line).append(to: &output)
            output.append(0x0A)
            if output.count > 256 * 1024 {
                Terminal.write(output)
                output.removeAll(keepingCapacity: true)
            }
        }
        Terminal.write(output)
    }

    private static func explain(_ lines: LineReader, _ destination: Destination) {
        let explainer = LineExplainer(destination: destination)
        let style: TextStyle = Terminal.hasOutputColour ? .coloured : .plain
        var isFirst = true
        for line in lines where !line.isEmpty {
            let text =
                switch explainer.explain(line) {
                case .explained(let explanation): ExplanationText.text(explanation, style: style)
                case .trigger(let trigger, let explanation):
                    ExplanationText.text(trigger: trigger, explanation, style: style)
                case .plain(let answer): answer.jsonText + "\n"
                }
            Terminal.write(Array(((isFirst ? "" : "\n") + text).utf8))
            isFirst = false
        }
    }
}
