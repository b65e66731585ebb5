import StreamGroups

/// The joints of a bridge at which a test can plant a fault, to show that its checks find it. The program never sets them.
struct FaultInjection: Sendable {
    var scripts = GroupScripts()
    /// What the replica itself believes about leases; what is promised to others stays.
    var timing: @Sendable (LeaseTiming) -> LeaseTiming = { $0 }
    /// Wraps what leaves the process.
    var loops: @Sendable (any LoopsSending) -> any LoopsSending = { $0 }
    /// Says whether the server that answers is the primary.
    var confirmation: @Sendable (any PrimaryConfirmation) -> any PrimaryConfirmation = { $0 }
    /// Moves an entry to another queue; nil to leave all where they belong.
    var contactQueue: (@Sendable (PlannedEntry) -> PlannedEntry)?
}
