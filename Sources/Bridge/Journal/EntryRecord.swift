import Loops
import RedisStreams
import Segment
import Synchronization

/// What is noted of an entry for the journal while this process has it in hand.
///
/// References to what exists already, and no more: nothing is copied, hashed or written as JSON before somebody asks.
final class EntryRecord: Sendable, Equatable {
    /// What one request of the entry met, up to now.
    struct Attempts: Sendable {
        /// The request's place among those of the entry.
        let step: Int
        let mapping: String
        /// As it was sent last.
        var call: EncodedRequest
        /// Entries that it stood for.
        var entries: Int
        var attempts = 0
        var answer: LoopsResponse
        /// From the reading of the entry to the first attempt.
        let queued: Duration
        /// How long nothing could start for want of a permit when the first attempt did.
        let permitWait: Duration
        /// At Loops, all attempts together.
        var atLoops = Duration.zero
    }

    private struct State {
        var requests: [Attempts] = []
        var more = 0
        var leader: StreamID?
    }

    /// The first few events.
    let events: [EventHead]
    let eventCount: Int
    /// The entry as it lies in the stream; its beginning when it is larger than what the journal keeps of one.
    let fields: [StreamField]
    /// What the entry has in the stream, in bytes.
    let bytes: Int
    let isCut: Bool
    /// The mappings by which it was planned.
    let rules: CurrentDestination.Rules
    let readAt: ContinuousClock.Instant
    private let state: Mutex<State>

    init(
        _ entry: StreamEntry,
        _ events: [SegmentEvent],
        rules: CurrentDestination.Rules,
        readAt: ContinuousClock.Instant
    ) {
        self.events = events.prefix(Journal.namedEvents).map { EventHead($0) }
        self.eventCount = events.count
        self.bytes = entry.byteCount
        (fields, isCut) = Self.kept(entry.fields ?? [], bytes: bytes)
        self.rules = rules
        self.readAt = readAt
        self.state = Mutex(State())
    }

    /// What its requests met; how many requests are not among them; the entry in front of it whose request it shared.
    func read<Answer>(_ body: ([Attempts], Int, StreamID?) -> Answer) -> Answer {
        state.withLock { body($0.requests, $0.more, $0.leader) }
    }

    /// A request of the entry was answered, or was not.
    func answered(
        _ start: ContactQueues.RequestStart,
        _ answer: LoopsResponse,
        began: ContinuousClock.Instant,
        took: Duration
    ) {
        state.withLock { state in
            let last = state.requests.count - 1
            if last >= 0, state.requests[last].step == start.number {
                state.requests[last].attempts += 1
                state.requests[last].answer = answer
                state.requests[last].call = start.step.call
                state.requests[last].entries = start.entries
                state.requests[last].atLoops += took
                return
            }
            guard last < Journal.requestsPerEntry - 1 else {
                state.more += 1
                return
            }
            state.requests.append(
                Attempts(
                    step: start.number,
                    mapping: start.step.mapping,
                    call: start.step.call,
                    entries: start.entries,
                    attempts: 1,
                    answer: answer,
                    queued: began - readAt,
                    permitWait: start.permitWait,
                    atLoops: took
                )
            )
        }
    }

    /// It shared the request of an entry in front of it.
    func shared(with leader: StreamID) { state.withLock { $0.leader = leader } }

    /// An entry that is too large leaves its beginning only.
    private static func kept(_ fields: [StreamField], bytes: Int) -> (fields: [StreamField], isCut: Bool) {
        guard bytes > Journal.entryBytes else { return (fields, false) }
        var room = Journal.beginningBytes
        var kept: [StreamField] = []
        for field in fields where room > 0 && field.name.count < room {
            let value = Bytes(field.value.prefix(room - field.name.count))
            room -= field.name.count + value.count
            kept.append(StreamField(name: field.name, value: value))
        }
        return (kept, true)
    }

    static func == (left: EntryRecord, right: EntryRecord) -> Bool { left === right }
}
