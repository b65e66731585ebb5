import Logging
import RedisStreams
import Segment
import Synchronization
import Testing

@testable import Bridge

@Suite("Events that are none of Segment's are noticed")
struct RecognitionTests {
    /// Of each line, the ID of its example.
    private final class IDs: LogHandler, Sendable {
        private let ids = Mutex<[String]>([])

        var all: [String] { ids.withLock { $0 } }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) { ids.withLock { $0.append(event.metadata?["id"].map { "\($0)" } ?? "") } }
    }

    private let start = ContinuousClock.now

    @Test("A few per cent are worth a word, fewer are not, and it goes away again")
    func share() {
        var share = RecognitionShare(now: start)
        for number in 0..<100 {
            share.count(events: 1, looks: number < 3 ? [.changeData] : [], example: "s \(number)", now: start)
        }
        let few = share.summary(now: start)
        #expect(few == nil)
        share.count(
            events: 5,
            looks: [.otherType, .otherType, .changeData, .changeData, .changeData],
            example: "s x",
            now: start
        )
        let summary = share.summary(now: start)
        #expect(summary == UnrecognizedEvents(events: 105, unrecognized: 8, look: .changeData, example: "s x"))
        let next = start + RecognitionShare.window
        let later = share.summary(now: next)
        #expect(later?.unrecognized == 8)
        let last = share.summary(now: next + RecognitionShare.window)
        #expect(last == nil)
    }

    @Test("Few events are no reason, whatever they are")
    func few() {
        var share = RecognitionShare(now: start)
        for _ in 0..<(RecognitionShare.fewest - 1) {
            share.count(events: 1, looks: [.python], example: "s", now: start)
        }
        let summary = share.summary(now: start)
        #expect(summary == nil)
    }

    @Test("A long pause forgets both windows")
    func pause() {
        var share = RecognitionShare(now: start)
        share.count(events: 10, looks: Array(repeating: .python, count: 10), example: "s", now: start)
        let summary = share.summary(now: start + RecognitionShare.window * 3)
        #expect(summary == nil)
    }

    @Test("Each kind is told once, with the example's ID")
    func told() {
        let handler = IDs()
        let recognition = EventRecognition(logger: Logger(label: "test") { _ in handler })
        for number in 1...3 {
            let id = StreamID(milliseconds: UInt64(number), sequence: 0)
            recognition.planned(
                id,
                stream: "s",
                events: 2,
                looks: [.otherType, .changeData],
                oddities: [.typeSpelling("TRACK")]
            )
        }
        #expect(handler.all == ["1-0", "1-0", "1-0"])
        #expect(recognition.unrecognized?.unrecognized == 6)
    }
}
