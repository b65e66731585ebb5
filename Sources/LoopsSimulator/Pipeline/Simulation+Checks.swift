import JSON

extension Simulation {
    enum CheckResult {
        case passed
        case rejected(Rejection)
        /// A used key that is answered with 200 and no second effect.
        case replayed(Reply)
        case parked
    }

    /// Method, path and the configured steps, from where the request last stood.
    mutating func check(_ request: inout ActiveRequest, _ monotonic: Int64) -> CheckResult {
        guard let endpoint = request.endpoint else { return .rejected(Rejection(404, "[sim] Loops has no such path")) }
        guard request.head.method == endpoint.method else {
            return .rejected(
                Rejection(405, "[sim] the path takes \(endpoint.allowedMethods)", allowed: endpoint.allowedMethods)
            )
        }
        let order = configuration.validation.order
        while request.stageIndex < order.count {
            let result = check(order[request.stageIndex], endpoint, &request, monotonic)
            guard case .passed = result else { return result }
            request.stageIndex += 1
        }
        // A configured order may leave a step out; whoever the key belongs to must be known all the same.
        guard request.team != nil, request.command != nil else {
            return .rejected(Rejection(500, "[sim] the configured order lacks authentication or fields"))
        }
        return .passed
    }

    private mutating func check(
        _ stage: PipelineStage,
        _ endpoint: Endpoint,
        _ request: inout ActiveRequest,
        _ monotonic: Int64
    ) -> CheckResult {
        switch stage {
        case .authentication:
            guard let team = request.head.bearerKey.flatMap({ state.team(secret: $0) }) else {
                return .rejected(.invalidKey)
            }
            request.team = team
        case .rateLimit:
            let team = request.team ?? 0
            let decision = limiters[team].admit(now: clock.now(monotonic: monotonic))
            request.remaining = decision.remaining
            observers[team].decide(now: monotonic, accepted: decision.isAllowed)
            if !decision.isAllowed { return .rejected(Rejection(429, "[sim] rate limited")) }
        case .body:
            if endpoint.readsBody, request.object == nil {
                return .rejected(Rejection(400, "[sim] the body is not a JSON object"))
            }
        case .length:
            let rule = LengthRule(configuration.validation)
            if endpoint.limitsLength, let object = request.object, !rule.holds(for: object) {
                return .rejected(Rejection(configuration.validation.lengthStatus, Rejection.tooLong.message))
            }
        case .fields:
            return checkFields(endpoint, &request)
        case .idempotency:
            return checkKey(endpoint, &request, monotonic)
        }
        return .passed
    }

    private mutating func checkFields(_ endpoint: Endpoint, _ request: inout ActiveRequest) -> CheckResult {
        var checks = RequestChecks(team: state.teams[request.team ?? 0], configuration: configuration.validation)
        let query = endpoint.readsBody ? [:] : request.head.query
        do {
            request.command = try checks.command(endpoint, body: request.object ?? JSONObject(), query: query)
        } catch {
            return .rejected(error)
        }
        let hasKey = request.idempotencyKey != nil
        if endpoint.honoursIdempotencyKey, !hasKey {
            checks.note(.missingIdempotencyKey, endpoint.path, "a retry of this request cannot be recognised")
        } else if !endpoint.honoursIdempotencyKey, hasKey {
            checks.note(.ineffectiveIdempotencyKey, endpoint.path, "Loops does not look at the key here")
        }
        for finding in checks.findings { state.record(finding, request: request.sequence) }
        return .passed
    }

    private mutating func checkKey(
        _ endpoint: Endpoint,
        _ request: inout ActiveRequest,
        _ monotonic: Int64
    ) -> CheckResult {
        let settings = configuration.idempotency
        if endpoint.honoursIdempotencyKey, settings.emptyKey == .reject400, request.hasEmptyKey {
            return .rejected(Rejection(400, "[sim] the idempotency key is empty"))
        }
        guard endpoint.honoursIdempotencyKey, let text = request.idempotencyKey else { return .passed }
        if configuration.validation.longIdempotencyKey == .reject400, text.count > settings.keyLengthMaximum {
            return .rejected(Rejection(400, "[sim] the idempotency key is longer than \(settings.keyLengthMaximum)"))
        }
        let key = IdempotencyStore.Key(
            team: request.team ?? 0,
            endpoint: settings.scope == .team ? nil : endpoint,
            text: text
        )
        let answer = state.idempotency.begin(
            key,
            digest: digest(request),
            request: request.sequence,
            now: clock.now(monotonic: monotonic),
            configuration: settings
        )
        switch answer {
        case .fresh:
            request.heldKey = key
            return .passed
        case .used(let record, let sameBody):
            return used(record, sameBody: sameBody, key, request, monotonic)
        }
    }

    private mutating func used(
        _ record: IdempotencyStore.Record,
        sameBody: Bool,
        _ key: IdempotencyStore.Key,
        _ request: ActiveRequest,
        _ monotonic: Int64
    ) -> CheckResult {
        let settings = configuration.idempotency
        switch record.phase {
        case .inFlight:
            if settings.inFlight == .wait {
                parked[key, default: []].append(request.sequence)
                return .parked
            }
        case .done(let first):
            statistics.replays += 1
            if sameBody, settings.replaySameBody != .conflict {
                if settings.replaySameBody == .replay { return .replayed(first) }
                return .replayed(
                    reply(200, ["success": true], team: request.team, remaining: request.remaining, monotonic)
                )
            }
        }
        switch settings.messages {
        case .telling:
            if record.phase == .inFlight { return .rejected(.keyInFlight) }
            if !record.applied { return .rejected(.keyFailed) }
            return .rejected(sameBody ? .keyProcessed : .keyWithOtherBody)
        case .split: return .rejected(sameBody ? .keyProcessed : .keyWithOtherBody)
        case .alwaysDifferentBody: return .rejected(.keyWithOtherBody)
        case .alwaysProcessed: return .rejected(.keyProcessed)
        }
    }

    func digest(_ request: ActiveRequest) -> BodyDigest {
        if configuration.idempotency.comparison == .canonical, let object = request.object {
            return BodyDigest(canonical: .object(object))
        }
        return BodyDigest(raw: request.body)
    }
}
