#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Times the small things on one event of 450 bytes: microseconds for one, the median of several rounds, beside the bar that it has to meet.
///
/// Usage: `micro [REDIS_PORT]`; without a port reading from Redis is left out. Exit status 1 when a bar is missed.
@main
enum Micro {
    static func main() async throws {
        let event = SampleEvent.track
        print("event: \(event.count) bytes")
        var isMet = try JSONTimes.report(event)
        isMet = try MappingTimes.report(event) && isMet
        isMet = try LaneTimes.report() && isMet
        if CommandLine.arguments.count > 1, let port = Int(CommandLine.arguments[1]) {
            isMet = try await EntryTimes.report(event, port: port) && isMet
        }
        exit(isMet ? EXIT_SUCCESS : EXIT_FAILURE)
    }
}
