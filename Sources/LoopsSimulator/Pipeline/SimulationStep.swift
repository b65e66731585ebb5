/// What the shell has to do for a request now.
package enum SimulationStep: Sendable, Equatable {
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
package struct SimulationOutcome: Sendable, Equatable {
    package var step: SimulationStep
    package var wake: [Int64] = []
}
