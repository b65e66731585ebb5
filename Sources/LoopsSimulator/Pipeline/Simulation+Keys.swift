/// What becomes of idempotency keys when their requests end.
extension Simulation {
    /// The request that holds a key has its answer.
    mutating func endKey(_ request: inout ActiveRequest, _ reply: Reply, applied: Bool) {
        guard let key = request.heldKey else { return }
        let keep = applied || reply.status == 200 || burns(reply.status)
        state.idempotency.end(key, request: request.sequence, reply: reply, applied: applied, keep: keep)
        if keep, !applied { noteBurnt(request.sequence) }
        request.heldKey = nil
        request.endedKey = key
    }

    /// A request that was refused before the idempotency step may use its key up all the same.
    mutating func burnKey(_ request: inout ActiveRequest, _ reply: Reply, _ monotonic: Int64) {
        guard request.heldKey == nil, reply.status != 409, burns(reply.status), let endpoint = request.endpoint,
            endpoint.honoursIdempotencyKey, let text = request.idempotencyKey, let team = request.team,
            text.count <= configuration.idempotency.keyLengthMaximum
        else { return }
        let key = IdempotencyStore.Key(
            team: team,
            endpoint: configuration.idempotency.scope == .team ? nil : endpoint,
            text: text
        )
        let answer = state.idempotency.begin(
            key,
            digest: digest(request),
            request: request.sequence,
            now: clock.now(monotonic: monotonic),
            configuration: configuration.idempotency
        )
        if case .fresh = answer { request.heldKey = key }
    }

    /// The request ends without an answer and without an effect: its key is free again.
    mutating func releaseKey(_ request: inout ActiveRequest) -> [Int64] {
        if let key = request.heldKey {
            state.idempotency.end(
                key,
                request: request.sequence,
                reply: Reply(status: 0, body: []),
                applied: false,
                keep: false
            )
            request.heldKey = nil
            request.endedKey = key
        }
        return takeWakes(&request)
    }

    /// The parked requests that waited for the key that just ended.
    mutating func takeWakes(_ request: inout ActiveRequest) -> [Int64] {
        guard let key = request.endedKey else { return [] }
        request.endedKey = nil
        return parked.removeValue(forKey: key) ?? []
    }

    private func burns(_ status: Int) -> Bool {
        switch configuration.idempotency.burnOn {
        case .success: false
        case .any4xx: (400..<500).contains(status) && !isBeforeEverything(status)
        case .anyResponse: status >= 400 && !isBeforeEverything(status)
        case .anyAnswer: status >= 400
        }
    }

    /// Whether the answer is given before anything looks at the request.
    private func isBeforeEverything(_ status: Int) -> Bool { status == 401 || status == 429 }

    private mutating func noteBurnt(_ sequence: Int64) {
        statistics.burntKeys += 1
        journal.update(sequence) { $0.burntKey = true }
    }
}
