import JSON
import LoopsSimulator

/// Calls a simulation as a client would, without sockets and with a clock of its own.
struct SimulationDriver {
    var simulation: Simulation
    /// Monotonic nanoseconds.
    var now: Int64 = 1_000_000_000

    init(_ configuration: SimulatorConfiguration = SimulatorConfiguration()) {
        simulation = Simulation(
            configuration: configuration,
            clock: SimulatedClock(wall: 1_790_000_000_000_000_000, monotonic: 1_000_000_000),
            monotonic: 1_000_000_000
        )
    }

    init(_ change: (inout SimulatorConfiguration) -> Void) {
        var configuration = SimulatorConfiguration()
        configuration.limiter.limit = 0
        change(&configuration)
        self.init(configuration)
    }

    static func unlimited() -> SimulationDriver {
        SimulationDriver { _ in }
    }

    /// Begins a request and takes it to its first step after the body.
    mutating func begin(
        _ method: String,
        _ target: String,
        _ body: JSONValue? = nil,
        key: String? = nil,
        bearer: String? = TeamSeed.defaultKey
    ) -> (sequence: Int64, outcome: SimulationOutcome) {
        var headers: [(name: String, value: String)] = []
        if let bearer { headers.append(("authorization", "Bearer \(bearer)")) }
        if let key { headers.append(("idempotency-key", key)) }
        let head = RequestHead(method: method, target: target, headers: headers)
        let (sequence, arrival) = simulation.arrive(head, monotonic: now)
        guard arrival.step == .read else { return (sequence, arrival) }
        return (sequence, simulation.receive(sequence, body: body?.serialized() ?? [], monotonic: now))
    }

    /// A whole exchange; nil when no answer came of it. Delays pass at once.
    mutating func call(
        _ method: String,
        _ target: String,
        _ body: JSONValue? = nil,
        key: String? = nil,
        bearer: String? = TeamSeed.defaultKey
    ) -> Reply? {
        var (sequence, outcome) = begin(method, target, body, key: key, bearer: bearer)
        while case .delay(let nanoseconds) = outcome.step {
            now += nanoseconds
            outcome = simulation.proceed(sequence, monotonic: now)
        }
        guard case .respond(let reply, _) = outcome.step else {
            _ = simulation.end(sequence, .cut, monotonic: now)
            return nil
        }
        _ = simulation.end(sequence, .answered, monotonic: now)
        return reply
    }

    mutating func update(_ body: JSONValue) -> Reply? {
        call("PUT", "/api/v1/contacts/update", body)
    }

    mutating func event(_ body: JSONValue, key: String? = nil) -> Reply? {
        call("POST", "/api/v1/events/send", body, key: key)
    }

    mutating func advance(milliseconds: Int64) {
        now += milliseconds * 1_000_000
    }

    var effects: [Effect] { simulation.state.effects.elements() }
    var effectNames: [String] { effects.map(\.kind.name) }

    func contact(_ name: String) -> Contact? { simulation.state.contact(name) }
}

extension Reply {
    var json: JSONValue? { try? JSONParser.parse(body) }
    var message: String? { json?["message"]?.stringValue }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
