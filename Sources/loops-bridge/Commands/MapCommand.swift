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
            """
    )

    @Option(help: "A mappings file; the destination's two presets if not given.") var mappings: String?

    func run() async throws {
        let destination = try Usable.destination(path: mappings)
        let mapper = LineMapper(destination: destination)
        var output: [UInt8] = []
        for line in LineReader(fileDescriptor: 0) {
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
}
