import Logging
import Metrics
import RedisStreams
import Testing

@testable import Bridge
@testable import StreamGroups

@Suite(
    "The acknowledger: every end reaches Redis, without another one's help",
    .tags(.servers),
    .timeLimit(.minutes(2))
)
struct AcknowledgerTests {
    @Test("More dead letters at once than are written in one go are all written")
    func manyLetters() async throws {
        let count = AckQueue.maxCalls * 2 + 8
        try await acknowledge(count, letters: count) { number in
            .deadLettered([DeliveryFailure(reason: .refused, detail: "number \(number)")])
        }
    }

    @Test("Many ends at once are all acknowledged")
    func manyEnds() async throws {
        try await acknowledge(AckQueue.batch * 3 + 1, letters: 0) { _ in .delivered }
    }

    @Test(
        "Of an entry with many fields, or a large one, the content is left in the stream, and the letter says so",
        arguments: [true, false]
    )
    func leavesContent(isLarge: Bool) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let large = [StreamField("event", String(repeating: "x", count: DeadLetter.maxBytes))]
            let many = (0...DeadLetter.maxFields).map { StreamField("n\($0)", "v") }
            let id = try await fixture.add(isLarge ? large : many)
            _ = try await session.route()
            let metrics = BridgeMetrics(streams: [fixture.stream], factory: NOOPMetricsHandler.instance)
            let tally = CompletionCounter(metrics: metrics, activity: Activity(streams: [fixture.stream]))
            let acknowledger = Acknowledger(
                state: session,
                deadLetterMaxLength: 1000,
                ends: tally,
                metrics: metrics.stream(0),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let running = Task { await acknowledger.run() }
            session.completed([
                EntryCompletion(
                    stream: 0,
                    id: id,
                    partition: 0,
                    tenure: session.tenure(of: 0) ?? 0,
                    size: 10,
                    kind: .deadLettered([DeliveryFailure(reason: .refused, detail: "No.")]),
                    attempts: 1,
                    contact: "c",
                    occurredAt: nil
                )
            ])
            await tally.reached(1)
            let letter = try #require(try await fixture.allLetters().first)
            #expect(letter.fields.isEmpty && letter.fieldsLeftOut == (isLarge ? 1 : many.count))
            #expect(letter.entry == id && letter.obstacle?.contains("\(id)") == true)
            #expect(try await fixture.client.range(fixture.stream, count: 10).map(\.id) == [id], "it is still there")
            session.acks.finish()
            #expect(await running.value == 0)
        }
    }

    /// Routes entries, tells of their ends at once, and waits until Redis knows of all. Nothing else signals.
    private func acknowledge(
        _ count: Int,
        letters: Int,
        _ kind: @Sendable @escaping (Int) -> EntryCompletion.Kind
    ) async throws {
        try await ScriptFixture.run { fixture in
            let session = try await fixture.openSession(partitions: 1)
            let ids = try await fixture.add(contacts: count)
            _ = try await session.route(count: count)
            let metrics = BridgeMetrics(streams: [fixture.stream], factory: NOOPMetricsHandler.instance)
            let tally = CompletionCounter(metrics: metrics, activity: Activity(streams: [fixture.stream]))
            let acknowledger = Acknowledger(
                state: session,
                deadLetterMaxLength: 1000,
                ends: tally,
                metrics: metrics.stream(0),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let running = Task { await acknowledger.run() }
            session.completed(
                ids.enumerated().map { number, id in
                    EntryCompletion(
                        stream: 0,
                        id: id,
                        partition: 0,
                        tenure: session.tenure(of: 0) ?? 0,
                        size: 10,
                        kind: kind(number),
                        attempts: 1,
                        contact: "c",
                        occurredAt: nil
                    )
                }
            )
            await tally.reached(count)
            #expect(try await fixture.pending().isEmpty)
            #expect(try await fixture.letters().count == letters)
            session.acks.finish()
            #expect(await running.value == 0)
        }
    }
}
