import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Synchronization
import Testing

@testable import Bridge
@testable import BridgeService

@Suite("A watcher that is slower than events are completed", .timeLimit(.minutes(1)))
struct SlowWatcherTests {
    private struct Enough: Error {}

    /// Takes a piece only after many more entries were completed.
    private struct SlowReader: ResponseBodyWriter {
        static let total: UInt64 = 400
        let bridge: Bridge
        let text: SeenText

        func write(_ buffer: ByteBuffer) async throws {
            text.append(String(buffer: buffer))
            let newest = bridge.journal?.newest ?? 0
            if newest >= Self.total {
                if text.value.contains("\"number\":\(Self.total),") { throw Enough() }
                return
            }
            for id in (newest + 1)...(newest + 40) { JournalRoutesTests.complete(id, bridge) }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    @Test("It loses entries, is told how many, and what it gets and what it lost are all of them")
    func slow() async throws {
        try await JournalRoutesTests().withJournal(entries: 10) { _, bridge in
            let journal = try #require(bridge.journal)
            let writer = JournalJSON(journal: journal, replica: "this-one", access: .anyone)
            let events = JournalEvents(journal: journal, writer: writer, interval: .milliseconds(1))
            let seat = try #require(WatcherLimit().take())
            let text = SeenText()
            await #expect(throws: Enough.self) {
                try await events.response(from: 0, seat: seat).body.write(SlowReader(bridge: bridge, text: text))
            }
            let data = text.value.split(separator: "\n").filter { $0.hasPrefix("data: ") }
                .compactMap { try? JSONParser.parse(String($0.dropFirst(6))) }
            let numbers = data.compactMap { $0["number"]?.integerValue }
            let missed = data.compactMap { $0["count"]?.integerValue }.reduce(0, +)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
            #expect(missed > 0 && Int64(numbers.count) + missed == Int64(SlowReader.total))
        }
    }
}

/// A text that a writer adds to and a test reads.
private final class SeenText: Sendable {
    private let held = Mutex("")

    var value: String { held.withLock { $0 } }
    func append(_ more: String) { held.withLock { $0 += more } }
}
