import JSON

/// Reading and writing JSON.
enum JSONTimes {
    /// - Returns: whether the bars are met.
    static func report(_ event: [UInt8]) throws -> Bool {
        let value = try JSONParser.parse(event)
        let parse = try Stopwatch.time("JSON parse") { (try? JSONParser.parse(event)) != nil }
        let isParseMet = Stopwatch.report("JSON parse", parse, bar: 10)
        let write = try Stopwatch.time("JSON write") { !value.serialized().isEmpty }
        return Stopwatch.report("JSON write", write, bar: 10) && isParseMet
    }
}
