import JSON

/// A request on its way through the pipeline.
struct ActiveRequest: Sendable {
    enum Phase: Sendable {
        case reading
        case received
        case checking
        case committing
        case answering
    }

    let sequence: Int64
    let head: RequestHead
    let path: String
    var phase: Phase = .reading
    var body: [UInt8] = []
    /// The body when it is a JSON object.
    var object: JSONObject?
    var subject: FaultSubject
    var endpoint: Endpoint?
    var team: Int?
    /// Next step of the configured order.
    var stageIndex = 0
    /// The fault that decides its fate when the current delay is over.
    var action: FaultAction?
    var command: Command?
    /// The idempotency key that it holds, in flight.
    var heldKey: IdempotencyStore.Key?
    /// The key that it held until just now, for whoever waits for it.
    var endedKey: IdempotencyStore.Key?
    var remaining: Int?
    var reply: Reply?
    /// Changes of the answer, by the faults.
    var changes: [FaultAction] = []
    /// Set once the client has gone while a delay was running; nobody waits for the answer any more.
    var clientLeft = false

    init(sequence: Int64, head: RequestHead) {
        self.sequence = sequence
        self.head = head
        path = head.apiPath
        subject = FaultSubject(method: head.method, path: path)
    }

    var idempotencyKey: String? {
        guard let text = head.first("idempotency-key"), !text.isEmpty else { return nil }
        return text
    }

    /// Whether it comes to an answer of its own, also when nobody waits for that any more.
    var goesOn: Bool {
        switch action {
        case nil, .respond: true
        default: false
        }
    }

    var hasEmptyKey: Bool { head.first("idempotency-key")?.isEmpty ?? false }
}

/// A contact of a team with open requests.
struct FlightKey: Sendable, Hashable {
    let team: Int?
    let contactKey: UTF8Key
}

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
