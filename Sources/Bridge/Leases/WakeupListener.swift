import RedisStreams

/// Sleeps in `XREAD BLOCK` on this member's bell, on a connection of its own: other replicas ring it when they routed something to a
/// partition of this member, or when leases changed.
///
/// Not on the connection that waits for new entries: that one has to be asked anew after every entry, and a blocked read cannot be changed.
struct WakeupListener: Sendable {
    /// How long one blocking read lasts; then it is asked again.
    static let block = Duration.seconds(15)

    let session: StreamState
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
                    stream: session.keys.bell(of: session.member),
                    after: heard,
                    count: 1,
                    block: Self.block
                )
                guard let ring = rings.last else {
                    if let wait = pace.emptied(after: clock.now - start, of: Self.block) {
                        if pace.isIgnored { log.isIgnored(stream: session.keys.stream) }
                        try await clock.sleep(for: wait)
                    }
                    continue
                }
                heard = ring.id
                if ring.fields?.first?.value == Array("leases".utf8) { session.beatWanted.signal() }
                session.readable.signal()
            } catch {
                if Task.isCancelled { return }
                log.failed(stream: session.keys.stream, error)
                // The heartbeat finds out what is wrong; this only has to not spin.
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
