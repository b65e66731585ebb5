import JSON

extension Simulation {
    /// Takes a request as far as it goes: to a delay, a rest, or its fate.
    mutating func step(_ request: inout ActiveRequest, _ monotonic: Int64) -> SimulationOutcome {
        while true {
            switch request.phase {
            case .reading:
                // A delay before the body is read; the body follows unless a fault struck.
                if let action = request.action { return fate(action, &request, monotonic) }
                active[request.sequence] = request
                return SimulationOutcome(step: .read)
            case .received:
                request.phase = .checking
                if let delay = strike(.before, &request, monotonic) { return delay }
            case .checking:
                if let action = request.action { return fate(action, &request, monotonic) }
                switch check(&request, monotonic) {
                case .rejected(let rejection): return finish(&request, rejection, monotonic)
                case .replayed(let reply): return finish(&request, reply, monotonic)
                case .parked:
                    active[request.sequence] = request
                    return SimulationOutcome(step: .park)
                case .passed:
                    request.phase = .committing
                    if let delay = strike(.beforeCommit, &request, monotonic) { return delay }
                }
            case .committing:
                if let action = request.action { return fate(action, &request, monotonic) }
                let outcome = commit(&request, monotonic)
                if let outcome { return outcome }
                request.phase = .answering
                if let delay = strike(.afterCommit, &request, monotonic) { return delay }
            case .answering:
                if let action = request.action { return fate(action, &request, monotonic) }
                let reply = request.reply ?? Reply(status: 500, body: [])
                return SimulationOutcome(step: .respond(reply, changes: request.changes), wake: takeWakes(&request))
            }
        }
    }

    /// Asks the rules of a stage; an outcome when there is a delay to wait for.
    private mutating func strike(
        _ stage: FaultStage,
        _ request: inout ActiveRequest,
        _ monotonic: Int64
    ) -> SimulationOutcome? {
        guard !faults.entries.isEmpty else { return nil }
        let strike = faults.strike(request.subject, at: stage, elapsed: elapsedMilliseconds(monotonic: monotonic))
        journal.note(strike.names, request.sequence)
        request.action = strike.action
        request.changes += strike.changes
        guard strike.delayNanoseconds > 0 else { return nil }
        active[request.sequence] = request
        return SimulationOutcome(step: .delay(nanoseconds: strike.delayNanoseconds), wake: takeWakes(&request))
    }

    /// Applies the command; an outcome when it was refused.
    private mutating func commit(_ request: inout ActiveRequest, _ monotonic: Int64) -> SimulationOutcome? {
        guard let command = request.command, let team = request.team, let endpoint = request.endpoint else {
            return finish(&request, Rejection(500, "[sim] a request without a command"), monotonic)
        }
        let marks = Marks(request.object, configuration)
        let stamp = RequestStamp(
            request: request.sequence,
            team: team,
            endpoint: endpoint,
            monotonic: monotonic,
            contactKey: request.subject.userID ?? request.subject.email?.lowercased() ?? "",
            idempotencyKey: request.heldKey?.text,
            marker: marks.marker,
            sequenceNumber: marks.sequenceNumber
        )
        do {
            let result = try state.commit(command, stamp, configuration)
            let reply = reply(200, result.body, team: team, remaining: request.remaining, monotonic)
            request.reply = reply
            journal.update(request.sequence) {
                $0.status = 200
                $0.contactID = result.contactID
                $0.isCommitted = result.isApplied
            }
            statistics.statuses[200, default: 0] += 1
            if request.clientLeft, result.isApplied { statistics.appliedUnanswered += 1 }
            endKey(&request, reply, applied: result.isApplied)
            return nil
        } catch {
            return finish(&request, error, monotonic)
        }
    }

    /// The end that a fault prepares for a request.
    private mutating func fate(
        _ action: FaultAction,
        _ request: inout ActiveRequest,
        _ monotonic: Int64
    ) -> SimulationOutcome {
        switch action {
        case .respond(let status, let body, _):
            let reply = Reply(injected: status, body)
            journal.update(request.sequence) { $0.status = status }
            statistics.statuses[status, default: 0] += 1
            endKey(&request, reply, applied: false)
            return SimulationOutcome(step: .respond(reply, changes: request.changes), wake: takeWakes(&request))
        case .disconnect(let reset, _):
            return SimulationOutcome(step: .disconnect(reset: reset), wake: releaseKey(&request))
        case .refuseConnections(let milliseconds):
            return SimulationOutcome(step: .refuseConnections(milliseconds: milliseconds), wake: releaseKey(&request))
        case .stall, .delay, .truncate, .garbage, .trickle, .closeAfterResponse:
            // It stays active, so that its key stays in flight until the client leaves.
            request.action = .stall(action.stage)
            active[request.sequence] = request
            return SimulationOutcome(step: .stall, wake: takeWakes(&request))
        }
    }

    mutating func finish(
        _ request: inout ActiveRequest,
        _ rejection: Rejection,
        _ monotonic: Int64
    ) -> SimulationOutcome {
        finish(&request, reply(rejection, team: request.team, remaining: request.remaining, monotonic), monotonic)
    }

    private mutating func finish(_ request: inout ActiveRequest, _ reply: Reply, _ monotonic: Int64)
        -> SimulationOutcome
    {
        journal.update(request.sequence) { $0.status = reply.status }
        statistics.statuses[reply.status, default: 0] += 1
        burnKey(&request, reply, monotonic)
        endKey(&request, reply, applied: false)
        return SimulationOutcome(step: .respond(reply, changes: []), wake: takeWakes(&request))
    }
}
