import Bridge
import JSON
import Logging
import RedisStreams
import Segment

/// Entries from the socket: what a read of 500 costs, with the connection, the protocol, and the entry as a value; and what makes an event of it.
enum EntryTimes {
    private static let count = 500
    private static let reads = 200
    private static let stream = "bench:micro"

    /// - Returns: whether the bar is met.
    static func report(_ event: [UInt8], port: Int) async throws -> Bool {
        let configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(port)")
        let client = RedisClient(configuration: configuration, logger: Logger(label: "micro"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            return try await report(event, client)
        }
    }

    private static func report(_ event: [UInt8], _ client: RedisClient) async throws -> Bool {
        let field = StreamField(name: Array("event".utf8), value: event)
        for _ in 0..<count { _ = try await client.add(stream, fields: [field]) }
        var times: [Double] = []
        for _ in 0..<Stopwatch.rounds {
            let began = Stopwatch.microseconds
            for _ in 0..<reads {
                let entries = try await client.range(stream, count: count)
                guard entries.count == count else { throw Stopwatch.Failed(name: "read") }
            }
            times.append((Stopwatch.microseconds - began) / Double(reads * count))
        }
        let reading = Stopwatch.median(times)
        Stopwatch.report("an entry of a read of 500, socket and protocol", reading)

        let decoder = EntryDecoder()
        let fields: [EntryDecoder.Field] = [(name: field.name, value: field.value)]
        let decoding = try Stopwatch.time("decode") { decoder.decode(fields).events.count == 1 }
        Stopwatch.report("entry to event, JSON with it", decoding)
        // JSON has a bar of its own.
        let parsing = try Stopwatch.time("parse") { (try? JSONParser.parse(event)) != nil }
        return Stopwatch.report(
            "both: from the socket to the event, without its JSON",
            reading + decoding - parsing,
            bar: 3
        )
    }
}
