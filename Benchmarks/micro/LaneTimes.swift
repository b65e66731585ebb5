import Bridge

/// The contact queues alone: an entry goes in, its request starts and ends, the entry comes out, with as many in hand as a bridge may have.
enum LaneTimes {
    private static let least = 20_000

    /// - Returns: whether the bars are met.
    static func report() throws -> Bool {
        var isMet = true
        for contacts in [10, 5_000, 100_000] {
            let entries = max(least, contacts)
            let load = QueueBenchmark(entries: entries, contacts: contacts)
            let time = try Stopwatch.time("lanes", calls: 1) { load.carry() == entries }
            let name = "an entry through the lanes, \(contacts) contacts"
            isMet = Stopwatch.report(name, time / Double(entries), bar: 10) && isMet
        }
        return isMet
    }
}
