import JSON

/// Reading and writing JSON.
enum JSONTimes {
    static func report(_ event: [UInt8]) throws {
        let value = try JSONParser.parse(event)
        let parse = try Stopwatch.time("JSON parse") { (try? JSONParser.parse(event)) != nil }
        Stopwatch.report("JSON parse", parse, bar: 10)
        let write = try Stopwatch.time("JSON write") { !value.serialized().isEmpty }
        Stopwatch.report("JSON write", write, bar: 10)
    }
}
