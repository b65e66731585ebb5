import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sends requests as fast as 32 lanes can and tells what it cost: the floor below the bridge.
///
/// Usage: `floor client|future|nio PORT COUNT IN_FLIGHT REQUESTS.ndjson`. Prints microseconds of CPU a request, requests a second, and the peak memory
/// in megabytes; the first tenth of the requests warms up and does not count.
@main
enum Floor {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let port = Int(arguments[2]), let count = Int(arguments[3]),
            let contactQueues = Int(arguments[4])
        else { throw Fault(description: "usage: floor client|future|nio PORT COUNT IN_FLIGHT REQUESTS.ndjson") }
        let requests = try read(arguments[5])
        let work: @Sendable (@escaping Sender) async throws -> Void = {
            try await measure(count, contactQueues, requests, $0)
        }
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        switch arguments[1] {
        case "client": try await ClientFloor.withSender(port: port, contactQueues: contactQueues, work)
        // As the bridge does it: tasks and connections share one event loop.
        case "future":
            try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
                try await FutureFloor.withSender(port: port, contactQueues: contactQueues, on: eventLoop, work)
            }
        case "nio":
            try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
                try await NIOFloor.withSenders(port: port, contactQueues: contactQueues, on: eventLoop, work)
            }
        default: throw Fault(description: "client, future or nio, not \(arguments[1])")
        }
    }

    /// Sends one request and returns the bytes of its answer. Throws when that is no 200.
    typealias Sender = @Sendable (_ contactQueue: Int, SampleRequest) async throws -> Int

    private static func measure(
        _ count: Int,
        _ contactQueues: Int,
        _ requests: [SampleRequest],
        _ send: @escaping Sender
    )
        async throws
    {
        try await run(count / 10, contactQueues, requests, send)
        let (cpu, clock) = (Usage.microseconds, ContinuousClock())
        let took = try await clock.measure { try await run(count, contactQueues, requests, send) }
        let used = Usage.microseconds - cpu
        guard let peak = Usage.peakKilobytes else { throw Fault(description: "no VmHWM in /proc/self/status") }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        print("\(Double(used) / Double(count)) \(Double(count) / seconds) \(Double(peak) / 1024)")
    }

    private static func run(_ count: Int, _ contactQueues: Int, _ requests: [SampleRequest], _ send: @escaping Sender)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for contactQueue in 0..<contactQueues {
                group.addTask {
                    for number in stride(from: contactQueue, to: count, by: contactQueues) {
                        guard try await send(contactQueue, requests[number % requests.count]) > 0 else {
                            throw Fault(description: "an empty answer")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    static func expectOK(_ status: UInt) throws {
        guard status == 200 else { throw Fault(description: "status \(status), not 200") }
    }

    private static func read(_ path: String) throws -> [SampleRequest] {
        guard let file = fopen(path, "r") else { throw Fault(description: "cannot read \(path)") }
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let length = fread(&buffer, 1, buffer.count, file), length > 0 { text += buffer[..<length] }
        let requests = text.split(separator: 0x0A).compactMap { SampleRequest(line: $0) }
        guard !requests.isEmpty else { throw Fault(description: "no requests in \(path)") }
        return requests
    }
}
