import Bridge
import Logging
import MetricCatalog
import Metrics
import NIOCore
import NIOHTTP1
import Synchronization

/// The open connections of the admin port, all together: no more than there is room for, so that whoever opens many takes no file from
/// deliveries, Redis, or probes.
final class AdminConnections: HTTPConnections {
    /// The most that are open when there are files enough.
    static let most = 128
    /// How many more may be accepted before those that were told to go are gone.
    static let reserve = 32

    private struct State {
        var slots: ConnectionSlots<ObjectIdentifier>
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    let limit: Int
    let limits: ConnectionClock.Limits
    private let state: Mutex<State>
    private let dropped: [ConnectionClock.Cause: Counter]
    private let logThrottle: LogThrottle

    /// - Parameters:
    ///   - limit: the most that are open.
    ///   - factory: for the counters; nil for none.
    init(
        limit: Int = AdminConnections.most,
        limits: ConnectionClock.Limits = .init(),
        factory: (any MetricsFactory)? = nil,
        logger: Logger
    ) {
        self.limit = limit
        self.limits = limits
        self.state = Mutex(State(slots: ConnectionSlots(limit: limit)))
        self.logThrottle = LogThrottle(logger: logger)
        self.dropped =
            factory.map { factory in
                Dictionary(
                    uniqueKeysWithValues: ConnectionClock.Cause.allCases.map { cause in
                        (cause, BridgeMetric.adminConnectionsDropped.counter([(.cause, cause.rawValue)], in: factory))
                    }
                )
            } ?? [:]
    }

    /// What is sent to the admin port is small: no client holds it back.
    var expectedBodyBytes: Int? { nil }

    func prepare(_ head: inout HTTPResponseHead) { ResponsePolicy.apply(to: &head.headers) }

    var count: Int { state.withLock { $0.slots.count } }

    func opened(_ channel: any Channel) {
        let tooMany = state.withLock { state -> (any Channel)? in
            let tooMany = state.slots.open(ObjectIdentifier(channel)).flatMap { state.channels.removeValue(forKey: $0) }
            state.channels[ObjectIdentifier(channel)] = channel
            return tooMany
        }
        if let tooMany { drop(tooMany, .limit) }
    }

    func set(_ channel: any Channel, isBusy: Bool) {
        state.withLock { $0.slots.set(ObjectIdentifier(channel), isBusy: isBusy) }
    }

    func closed(_ channel: any Channel) {
        state.withLock { state in
            state.slots.close(ObjectIdentifier(channel))
            state.channels[ObjectIdentifier(channel)] = nil
        }
    }

    /// Closes a connection at once, and counts it.
    func drop(_ channel: any Channel, _ cause: ConnectionClock.Cause) {
        dropped[cause]?.increment()
        // An idle connection is closed in every healthy day, and so is one that a browser made ahead of a request that never came.
        if cause != .idle {
            logThrottle.log(
                cause == .request ? .debug : .warning,
                key: cause.rawValue,
                "The admin port closed a connection",
                metadata: ["cause": "\(cause.rawValue)", "peer": "\(channel.remoteAddress?.ipAddress ?? "unknown")"]
            )
        }
        channel.close(promise: nil)
    }
}
