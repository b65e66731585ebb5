import Bridge
import JSON
import Logging
import Operations
import RedisStreams
import StreamGroups
import Testing

@testable import BridgeService
@testable import loops_bridge
@testable import loops_bridge_dev

@Suite("The stream of receipts", .tags(.servers), .timeLimit(.minutes(2)))
struct ReceiptStreamTests {
    @Test("Every entry has its receipt, in a stream that is capped, and it is found after a restart")
    func receipts() async throws {
        try await Harness.run(change: {
            $0.receiptsMax = 5000
            $0.journalEntries = 0
        }) { harness in
            try await harness.publish(Harness.events(100))
            try await harness.publish([Array(#"{"type":"track","messageId":"none"}"#.utf8), Array("no event".utf8)])
            await harness.bridge.confirmedEnds.reached(102)
            let entries = try await harness.client.range(Harness.stream, count: 200)
            let receipts = try await harness.client.range("{\(Harness.stream)}:receipts", count: 200)
                .compactMap { Receipt($0.fields ?? []) }
            #expect(Set(receipts.map(\.entry)) == Set(entries.map(\.id)) && receipts.count == 102)
            #expect(receipts.count { $0.outcome == "delivered" } == 100)
            #expect(receipts.count { $0.outcome == "deadLettered" } == 2)
            #expect(receipts.contains { $0.messageIDs == ["m-7"] && $0.mappings.map(\.outcome) == ["delivered"] })
            // Another process, which has no journal.
            let id = try #require(entries.first?.id)
            let found = try await GroupInspector.run(harness.configuration, logger: .quiet) { views in
                try await views[0].receipt(of: id, scan: 1000)
            }
            #expect(found?.messageIDs == ["m-0"] && found?.outcome == "delivered")
        }
    }
}
