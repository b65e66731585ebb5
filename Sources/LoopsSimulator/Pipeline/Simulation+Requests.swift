import JSON

extension Simulation {
    /// The head of a request is there.
    package mutating func arrive(_ head: RequestHead, monotonic: Int64) -> (sequence: Int64, outcome: SimulationOutcome)
    {
        let sequence = journal.appended + 1
        var request = ActiveRequest(sequence: sequence, head: head)
        request.endpoint = Endpoint.at(path: request.path, method: head.method)
        let team = head.bearerKey.flatMap { state.team(secret: $0) }
        if let team {
            observers[team].arrive(now: monotonic)
        } else {
            strangers.arrive(now: monotonic)
        }
        journal.append(entry(head, sequence, monotonic, team: team, endpoint: request.endpoint))
        open[sequence] = .some(nil)
        statistics.mostOpen = max(statistics.mostOpen, open.count)
        if let endpoint = request.endpoint { statistics.endpoints[endpoint, default: 0] += 1 }

        let strike = faults.strike(
            request.subject,
            at: .arrival,
            elapsed: elapsedMilliseconds(monotonic: monotonic)
        )
        journal.note(strike.names, sequence)
        request.action = strike.action
        guard strike.action != nil || strike.delayNanoseconds > 0 else {
            active[sequence] = request
            return (sequence, SimulationOutcome(step: .read))
        }
        if strike.delayNanoseconds > 0 {
            active[sequence] = request
            return (sequence, SimulationOutcome(step: .delay(nanoseconds: strike.delayNanoseconds)))
        }
        return (sequence, step(&request, monotonic))
    }

    /// The whole body is there. A body beyond the maximum comes as its first bytes with `isOverlong`.
    package mutating func receive(
        _ sequence: Int64,
        body: [UInt8],
        isOverlong: Bool = false,
        monotonic: Int64
    ) -> SimulationOutcome {
        guard var request = active.removeValue(forKey: sequence) else {
            return SimulationOutcome(step: .disconnect(reset: false))
        }
        request.body = body
        if isOverlong {
            return finish(&request, Rejection(413, "[sim] the body is longer than allowable"), monotonic)
        }
        if request.endpoint?.readsBody ?? true, let value = try? JSONParser.parse(body) {
            request.object = value.objectValue
        }
        identify(&request)
        request.phase = .received
        return step(&request, monotonic)
    }

    /// A delay is over, or the request was woken.
    package mutating func proceed(_ sequence: Int64, monotonic: Int64) -> SimulationOutcome {
        guard var request = active.removeValue(forKey: sequence) else {
            return SimulationOutcome(step: .disconnect(reset: false))
        }
        return step(&request, monotonic)
    }

    /// The exchange is over: the answer is out, or the connection is gone.
    ///
    /// - Returns: parked requests to proceed with
    package mutating func end(_ sequence: Int64, _ ending: JournalEntry.Ending, monotonic: Int64) -> [Int64] {
        guard let flight = open.removeValue(forKey: sequence) else { return [] }
        if let flight, let others = flights[flight] {
            flights[flight] = others.count > 1 ? (others.count - 1, others.last) : nil
        }
        let isCommitted = journal[sequence]?.isCommitted ?? false
        journal.update(sequence) {
            $0.endNanoseconds = monotonic
            $0.ending = ending
        }
        switch ending {
        case .answered: break
        case .cut: statistics.cut += 1
        case .clientLeft: statistics.clientLeft += 1
        }
        if ending != .answered, isCommitted { statistics.appliedUnanswered += 1 }
        return leave(sequence, ending)
    }

    /// Gives the key of a request back when it can no longer be applied.
    private mutating func leave(_ sequence: Int64, _ ending: JournalEntry.Ending) -> [Int64] {
        guard var request = active.removeValue(forKey: sequence) else { return [] }
        if ending == .clientLeft, configuration.validation.lateCommit, request.phase != .reading, request.goesOn {
            request.clientLeft = true
            active[sequence] = request
            return []
        }
        return releaseKey(&request)
    }

    private func entry(
        _ head: RequestHead,
        _ sequence: Int64,
        _ monotonic: Int64,
        team: Int?,
        endpoint: Endpoint?
    ) -> JournalEntry {
        var entry = JournalEntry(
            sequence: sequence,
            connection: head.connection,
            method: head.method,
            target: head.target,
            headers: head.headers.map { ($0.name, $0.name == "authorization" ? "Bearer ***" : $0.value) },
            arrivalNanoseconds: monotonic
        )
        entry.team = team.map { state.teams[$0].name }
        entry.endpoint = endpoint
        entry.idempotencyKey = head.first("idempotency-key")
        return entry
    }

    /// Reads from the body whom the request is about, for the rules, the journal and the judge.
    private mutating func identify(_ request: inout ActiveRequest) {
        let object = request.object
        request.subject.eventName = object?["eventName"]?.stringValue
        request.subject.email = object?["email"]?.stringValue
        request.subject.userID = object?["userId"]?.stringValue
        let contactKey = request.subject.userID ?? request.subject.email?.lowercased()
        let marks = Marks(object, configuration)
        var overlapped: Int64?
        if let contactKey {
            let team = request.head.bearerKey.flatMap { state.team(secret: $0) }
            let flight = FlightKey(team: team, contactKey: UTF8Key(contactKey))
            overlapped = flights[flight]?.last
            flights[flight] = ((flights[flight]?.count ?? 0) + 1, request.sequence)
            open[request.sequence] = .some(flight)
        }
        if overlapped != nil { statistics.overlaps += 1 }
        let kept = configuration.bounds.journalBodyBytesMaximum
        journal.update(request.sequence) {
            $0.bodyByteCount = request.body.count
            $0.body = request.body.count > kept ? Array(request.body.prefix(kept)) : request.body
            $0.email = request.subject.email
            $0.userID = request.subject.userID
            $0.contactKey = contactKey
            $0.marker = marks.marker
            $0.sequenceNumber = marks.sequenceNumber
            $0.overlapped = overlapped
        }
    }
}

/// The test generator's marks in a body: in `eventProperties` or `dataVariables`, or among a contact's own keys.
struct Marks: Sendable {
    var marker: String?
    var sequenceNumber: Int64?

    init(_ object: JSONObject?, _ configuration: SimulatorConfiguration) {
        guard let object else { return }
        let inner = object["eventProperties"]?.objectValue ?? object["dataVariables"]?.objectValue
        marker = (inner?[configuration.markerProperty] ?? object[configuration.markerProperty])?.stringValue
        switch inner?[configuration.sequenceProperty] ?? object[configuration.sequenceProperty] {
        case .int(let number)?: sequenceNumber = number
        case .double(let number)?: sequenceNumber = Int64(exactly: number)
        default: break
        }
    }
}

extension BoundedLog<JournalEntry> {
    mutating func note(_ rules: [String], _ sequence: Int64) {
        guard !rules.isEmpty else { return }
        update(sequence) { $0.rules += rules }
    }
}
