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
    let rules: CurrentDestination.Rules?
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

    private init(_ other: EntryRecord, requests: [Attempts], isCut: Bool, rules: CurrentDestination.Rules?) {
        self.events = other.events
        self.eventCount = other.eventCount
        self.bytes = other.bytes
        self.fields = other.fields
        self.isCut = isCut
        self.rules = rules
        self.readAt = other.readAt
        self.state = Mutex(State(requests: requests, more: other.more, leader: other.leader))
    }

    /// A copy that does not keep the mappings in memory.
    var withoutMappings: EntryRecord { EntryRecord(self, requests: requests, isCut: isCut, rules: nil) }

    var requests: [Attempts] { state.withLock { $0.requests } }
    /// Requests that are not among ``requests``.
    var more: Int { state.withLock { $0.more } }
    /// The entry in front of it whose request it shared.
    var leader: StreamID? { state.withLock { $0.leader } }

    /// A request of the entry was answered, or was not.
    func answered(
        _ start: ContactQueues.RequestStart,
        _ answer: LoopsResponse,
        began: ContinuousClock.Instant,
        took: Duration
    ) {
        state.withLock { state in
            if state.requests.last?.step != start.number {
                guard state.requests.count < Journal.requestsPerEntry else {
                    state.more += 1
                    return
                }
                state.requests.append(
                    Attempts(
                        step: start.number,
                        mapping: start.step.mapping,
                        call: start.step.call,
                        entries: start.entries,
                        answer: answer,
                        queued: began - readAt,
                        permitWait: start.permitWait
                    )
                )
            }
            let last = state.requests.count - 1
            state.requests[last].attempts += 1
            state.requests[last].answer = answer
            state.requests[last].call = start.step.call
            state.requests[last].entries = start.entries
            state.requests[last].atLoops += took
        }
    }

    /// It shared the request of an entry in front of it.
    func shared(with leader: StreamID) { state.withLock { $0.leader = leader } }

    /// What the record holds, in bytes.
    var size: Int {
        let requests = requests.reduce(0) { $0 + $1.call.body.count + $1.answer.message.utf8.count + 256 }
        return fields.reduce(events.count * 128) { $0 + $1.name.count + $1.value.count } + requests
    }

    /// The record without the bodies for which there is no room.
    func cut(to limit: Int) -> EntryRecord {
        var room = limit - fields.reduce(0) { $0 + $1.name.count + $1.value.count }
        let requests = requests.map { request in
            var request = request
            if request.call.body.count <= room { room -= request.call.body.count } else { request.call.body = [] }
            return request
        }
        return EntryRecord(self, requests: requests, isCut: true, rules: rules)
    }

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
