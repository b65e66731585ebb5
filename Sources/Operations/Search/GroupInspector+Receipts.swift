package import RedisStreams
package import StreamGroups

extension GroupInspector {
    /// The last receipt of an entry; nil when there is none, or it is further back than that.
    /// - Parameter scan: receipts that are looked at, at the most, the newest first.
    package func receipt(of id: StreamID, scan: Int) async throws -> Receipt? {
        // A receipt is not older than its entry, but for clocks that were set back.
        let from = StreamID(milliseconds: id.milliseconds - min(id.milliseconds, Self.clockError), sequence: 0)
        var walk = StreamScanner(client, keys.receipts, .backwards, from: from)
        var looked = 0
        while !walk.isAtEnd, looked < scan {
            let entries = try await walk.next(atMost: scan - looked)
            looked += entries.count
            for entry in entries {
                if let receipt = Receipt(entry.fields ?? []), receipt.entry == id { return receipt }
            }
        }
        return nil
    }

    /// Milliseconds.
    private static let clockError: UInt64 = 60_000
}
