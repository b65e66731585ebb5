import JSON

extension Simulation {
    var healthBody: JSONValue {
        let unverified = SimulatorSetting.unverified(in: configuration)
        return [
            "ok": true,
            "models": "no e-mail sending, no workflow evaluation",
            "unverified": .object(JSONObject(unverified.map { ($0.name, $0.read(configuration)) })),
        ]
    }

    var statisticsBody: JSONValue {
        var object = JSONObject()
        object["requests"] = .int(journal.appended)
        object["open"] = .int(Int64(openRequests))
        object["most_open"] = .int(Int64(statistics.mostOpen))
        object["statuses"] = .object(
            JSONObject(statistics.statuses.sorted { $0.key < $1.key }.map { (String($0.key), .int($0.value)) })
        )
        object["endpoints"] = .object(
            JSONObject(Endpoint.allCases.map { ($0.rawValue, .int(statistics.endpoints[$0] ?? 0)) })
        )
        object["effects"] = .object(
            JSONObject(Endpoint.allCases.compactMap { one in state.effectCounts[one].map { (one.rawValue, .int($0)) } })
        )
        object["contacts"] = .array(
            state.teams.map { ["team": .string($0.name), "contacts": .int(Int64($0.contacts.count))] }
        )
        object["overlaps"] = .int(statistics.overlaps)
        object["client_left"] = .int(statistics.clientLeft)
        object["cut"] = .int(statistics.cut)
        object["applied_unanswered"] = .int(statistics.appliedUnanswered)
        object["burnt_keys"] = .int(statistics.burntKeys)
        object["replays"] = .int(statistics.replays)
        object["journal_dropped"] = .int(journal.dropped)
        object["effects_dropped"] = .int(state.effects.dropped)
        object["violations"] = .int(state.violationCounts.values.reduce(0, +))
        return .object(object)
    }

    var rateLimitBody: JSONValue {
        .array(
            state.teams.indices.map { index in
                var object = observers[index].reportBody
                object["team"] = .string(state.teams[index].name)
                object["limiter"] = .string(configuration.limiter.kind.rawValue)
                object["limit"] = .int(Int64(configuration.limiter.limit))
                return .object(object)
            } + [.object(strangers.reportBody)]
        )
    }

    func contactsBody(limit: Int) -> JSONValue {
        let all = state.teams.flatMap { $0.contacts.values }
        let shown = all.sorted { $0.id < $1.id }.prefix(limit)
        return ["contacts": .array(shown.map(\.reportBody)), "total": .int(Int64(all.count))]
    }

    func idempotencyBody(limit: Int) -> JSONValue {
        let records = state.idempotency.all.prefix(limit).map { record -> JSONValue in
            let status: Int64? = if case .done(let reply) = record.phase { Int64(reply.status) } else { nil }
            return [
                "key": .string(record.key.text), "team": .int(Int64(record.key.team)),
                "endpoint": JSONValue(record.key.endpoint?.rawValue), "request": .int(record.request),
                "state": .string(record.phase == .inFlight ? "in_flight" : "done"), "status": JSONValue(status),
                "applied": .bool(record.applied), "body_sha256": .string(record.digest.description),
                "time_ms": .int(record.firstSeenNanoseconds / 1_000_000),
            ]
        }
        return [
            "keys": .array(Array(records)), "total": .int(Int64(state.idempotency.count)),
            "forgotten": .int(state.idempotency.forgotten),
        ]
    }

    func violationsBody(limit: Int) -> JSONValue {
        let counts = state.violationCounts.sorted { $0.key.rawValue < $1.key.rawValue }
        let newest = state.violations.elements(after: state.violations.appended - Int64(limit))
        return [
            "counts": .object(JSONObject(counts.map { ($0.key.rawValue, .int($0.value)) })),
            "violations": .array(
                newest.map {
                    [
                        "kind": .string($0.kind.rawValue), "request": .int($0.request), "subject": .string($0.subject),
                        "detail": .string($0.detail),
                    ]
                }
            ),
            "dropped": .int(state.violations.dropped),
        ]
    }
}

extension RequestRateObserver {
    var reportBody: JSONObject {
        var gaps = JSONObject()
        for (index, count) in gapCounts.enumerated() {
            let bounds = RequestRateObserver.gapBoundsMilliseconds
            gaps[index < bounds.count ? "le_\(bounds[index])_ms" : "more"] = .int(count)
        }
        return JSONObject([
            ("total", .int(total)), ("accepted", .int(accepted)), ("rejected_429", .int(rejected)),
            ("most_in_1000_ms", .int(Int64(mostInOneSecond))),
            ("most_accepted_in_1000_ms", .int(Int64(mostAcceptedInOneSecond))), ("gaps", .object(gaps)),
        ])
    }
}
