/// What the shell has to do for a request now.
public enum SimulationStep: Sendable, Equatable {
    /// Read the body, then call `receive`.
    case read
    /// Send the answer, with these changes of how it is sent.
    case respond(Reply, changes: [FaultAction])
    /// Call `proceed` after this time.
    case delay(nanoseconds: Int64)
    /// Another request holds the idempotency key; its end wakes this one.
    case park
    /// Never answer.
    case stall
    case disconnect(reset: Bool)
    case refuseConnections(milliseconds: Int)
}

/// A step, and the parked requests to call `proceed` for.
public struct SimulationOutcome: Sendable, Equatable {
    public var step: SimulationStep
    public var wake: [Int64] = []
}
