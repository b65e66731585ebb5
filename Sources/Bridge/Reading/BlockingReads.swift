import Logging
import RedisStreams
import StreamGroups
import Synchronization

/// The two blocking reads of a stream, each on a connection of its own.
struct BlockingReads: Sendable {
    let newEntries: NewEntryListener
    let wakeups: WakeupListener

    init(state: StreamState, newEntries: RedisClient, wakeups: RedisClient, log: BlockingReadLog) {
        self.newEntries = NewEntryListener(
            stream: state.keys.stream,
            client: newEntries,
            work: state.work,
            log: log
        )
        self.wakeups = WakeupListener(state: state, client: wakeups, log: log)
    }

    /// Redis is another server, or was started anew: the reads may wait at the old one.
    func reconnect() async {
        await newEntries.client.reconnect()
        await wakeups.client.reconnect()
    }
}

/// Sleeps in `XREAD BLOCK` on a connection of its own until the stream has something new: no polling, nothing missed.
final class NewEntryListener: Sendable {
    /// How long one blocking read lasts; then it is asked again.
    static let block = Duration.seconds(15)

    private let stream: String
    let client: RedisClient
    private let wanted = Mutex<StreamID?>(nil)
    private let wakeup = Wakeup()
    private let work: Wakeup
    private let log: BlockingReadLog

    /// - Parameter work: signalled when there is something new.
    init(stream: String, client: RedisClient, work: Wakeup, log: BlockingReadLog) {
        self.stream = stream
        self.client = client
        self.work = work
        self.log = log
    }

    /// Signals once there is an entry after this ID. A later call replaces an earlier one.
    func await(after id: StreamID) {
        wanted.withLock { $0 = id }
        wakeup.signal()
    }

    /// Waits until the task is cancelled.
    func run() async {
        let clock = ContinuousClock()
        var pace = BlockingReadPace()
        while await wakeup.wait() {
            while let id = wanted.withLock({ $0 }), !Task.isCancelled {
                do {
                    let start = clock.now
                    let entries = try await client.read(stream: stream, after: id, count: 1, block: Self.block)
                    if entries.isEmpty {
                        if let wait = pace.emptied(after: clock.now - start, of: Self.block) {
                            if pace.isIgnored { log.isIgnored(stream: stream) }
                            try await clock.sleep(for: wait)
                        }
                        continue
                    }
                } catch let error as RedisError where error.isReplyTooLarge {
                    // A new entry, and a large one: the reader deals with it.
                } catch {
                    if Task.isCancelled { return }
                    log.failed(stream: stream, error)
                    // The reader finds out what is wrong; this only has to not spin.
                    try? await clock.sleep(for: .milliseconds(500))
                }
                wanted.withLock { if $0 == id { $0 = nil } }
                work.signal()
            }
        }
    }
}

/// Sleeps in `XREAD BLOCK` on this member's wakeup stream, on a connection of its own: other replicas add to it when they routed something to a
/// partition of this member, or when leases changed.
///
/// Not on the connection that waits for new entries: that one has to be asked anew after every entry, and a blocked read cannot be changed.
struct WakeupListener: Sendable {
    /// How long one blocking read lasts; then it is asked again.
    static let block = Duration.seconds(15)

    let state: StreamState
    let client: RedisClient
    let log: BlockingReadLog

    /// Listens until the task is cancelled.
    func run() async {
        let clock = ContinuousClock()
        var heard = StreamID.zero
        var pace = BlockingReadPace()
        while !Task.isCancelled {
            do {
                let start = clock.now
                let rings = try await client.read(
                    stream: state.keys.bell(of: state.member),
                    after: heard,
                    count: 1,
                    block: Self.block
                )
                guard let ring = rings.last else {
                    if let wait = pace.emptied(after: clock.now - start, of: Self.block) {
                        if pace.isIgnored { log.isIgnored(stream: state.keys.stream) }
                        try await clock.sleep(for: wait)
                    }
                    continue
                }
                heard = ring.id
                if ring.fields?.first?.value == Array("leases".utf8) { state.heartbeat.signal() }
                state.work.signal()
            } catch {
                if Task.isCancelled { return }
                log.failed(stream: state.keys.stream, error)
                // The heartbeat finds out what is wrong; this only has to not spin.
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
