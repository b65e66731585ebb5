import Loops

/// The joints of a bridge at which a test can plant a fault, to show that its checks find it. The program never sets them.
struct FaultInjection: Sendable {
    var scripts = StreamScripts()
    /// What the replica itself believes about leases; what is promised to others stays.
    var timing: @Sendable (LeaseTiming) -> LeaseTiming = { $0 }
    /// Wraps the one call that leaves the process.
    var send: @Sendable (@escaping Deliverer.Send) -> Deliverer.Send = { $0 }
    /// Says whether the server that answers is the primary.
    var confirmation: @Sendable (any PrimaryConfirmation) -> any PrimaryConfirmation = { $0 }
    /// Puts an entry in its lane.
    var contactQueue: @Sendable (PlannedEntry) -> PlannedEntry = { $0 }
}
