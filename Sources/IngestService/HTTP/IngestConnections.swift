import BridgeService
import Metrics
import NIOCore
import NIOHTTP1
import Synchronization

/// The open connections of the intake, all together: no more than there is room for, and no more of one address than it may have.
final class IngestConnections: HTTPConnections {
    /// Why a connection was closed by us. A closed set: the values of a metric's label.
    enum Cause: String, Sendable, CaseIterable {
        /// Another one needed its place.
        case limit
        /// Its address has as many as it may have.
        case address
        /// Its request did not come to an end.
        case request
        /// Nothing was asked for a long time.
        case idle
        /// It did not take its answer.
        case stall
        /// Its request's body went on for long after it was too large.
        case body

        init(_ cause: ConnectionClock.Cause) {
            switch cause {
            case .limit, .seat: self = .limit
            case .request: self = .request
            case .idle: self = .idle
            case .stall: self = .stall
            case .body: self = .body
            }
        }
    }

    private struct State {
        var slots: ConnectionSlots<ObjectIdentifier>
        var channels: [ObjectIdentifier: any Channel] = [:]
        var perAddress: [String: Int] = [:]
        var addresses: [ObjectIdentifier: String] = [:]
        var isDraining = false
    }

    let limit: Int
    /// The most of one address; 0 for any number.
    let limitPerAddress: Int
    let limits: ConnectionClock.Limits
    let expectedBodyBytes: Int?
    private let isExempt: @Sendable (SocketAddress) -> Bool
    private let state: Mutex<State>
    private let dropped: [Cause: Counter]

    /// - Parameters:
    ///   - bodyBytes: the longest body that a client is asked to send.
    ///   - isExempt: whether an address may have any number: a proxy of ours has those of all clients.
    init(
        limit: Int,
        limitPerAddress: Int,
        limits: ConnectionClock.Limits,
        bodyBytes: Int,
        isExempt: @escaping @Sendable (SocketAddress) -> Bool = { _ in false },
        dropped: [Cause: Counter] = [:]
    ) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        self.limits = limits
        self.expectedBodyBytes = bodyBytes
        self.isExempt = isExempt
        self.dropped = dropped
        state = Mutex(State(slots: ConnectionSlots(limit: limit)))
    }

    var count: Int { state.withLock { $0.slots.count } }

    /// Whether each answer is its connection's last one.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// From now on each answer is its connection's last one.
    func drain() { state.withLock { $0.isDraining = true } }

    func opened(_ channel: any Channel) {
        let address = channel.remoteAddress.flatMap { isExempt($0) ? nil : $0.ipAddress }
        let id = ObjectIdentifier(channel)
        let (tooMany, isOver) = state.withLock { state -> ((any Channel)?, Bool) in
            if limitPerAddress > 0, let address {
                if state.perAddress[address, default: 0] >= limitPerAddress { return (nil, true) }
                state.perAddress[address, default: 0] += 1
                state.addresses[id] = address
            }
            let tooMany = state.slots.open(id).flatMap { state.channels.removeValue(forKey: $0) }
            state.channels[id] = channel
            return (tooMany, false)
        }
        if isOver { drop(channel, Cause.address) }
        if let tooMany { drop(tooMany, Cause.limit) }
    }

    func set(_ channel: any Channel, isBusy: Bool) {
        state.withLock { $0.slots.set(ObjectIdentifier(channel), isBusy: isBusy) }
    }

    func closed(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            state.slots.close(id)
            state.channels[id] = nil
            guard let address = state.addresses.removeValue(forKey: id) else { return }
            let left = state.perAddress[address, default: 1] - 1
            state.perAddress[address] = left > 0 ? left : nil
        }
    }

    func prepare(_ head: inout HTTPResponseHead) {
        if isDraining { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    }

    func drop(_ channel: any Channel, _ cause: ConnectionClock.Cause) { drop(channel, Cause(cause)) }

    private func drop(_ channel: any Channel, _ cause: Cause) {
        dropped[cause]?.increment()
        channel.close(promise: nil)
    }
}
