/// Times the small things on one event of 450 bytes: microseconds for one, the median of several rounds, beside the bar that it has to meet.
///
/// Usage: `micro [REDIS_PORT]`; without a port reading from Redis is left out.
@main
enum Micro {
    static func main() async throws {
        let event = SampleEvent.text
        print("event: \(event.count) bytes")
        try JSONTimes.report(event)
        try MappingTimes.report(event)
        if CommandLine.arguments.count > 1, let port = Int(CommandLine.arguments[1]) {
            try await EntryTimes.report(event, port: port)
        }
    }
}
