import JSON

extension SimulatorSetting {
    /// Every setting that may change while running, in the order the banner names them.
    package static let all: [SimulatorSetting] = validation + idempotency + limiter + own

    private static let validation: [SimulatorSetting] = [
        order,
        choice("bad_type", \.validation.badType, .unknown),
        choice("bad_event_value", \.validation.badEventValue, .unknown),
        choice("bad_data_variable", \.validation.badDataVariable, .unknown),
        flag("attachments_enabled", \.validation.attachmentsEnabled, .own),
        choice("unknown_list", \.validation.unknownList, .unknown),
        choice("refused_list_add", \.validation.refusedListAdd, .unknown),
        choice("property_type_mismatch", \.validation.propertyTypeMismatch, .unknown),
        choice("reserved_property", \.validation.reservedProperty, .unknown),
        choice("hidden_property", \.validation.hiddenProperty, .unknown),
        flag("trims_email", \.validation.trimsEmail, .unknown),
        choice("unknown_user_id", \.validation.unknownUserID, .inferred),
        choice("email_case", \.validation.emailCase, .unknown),
        choice("split_identity", \.validation.splitIdentity, .inferred),
        choice("user_id_overwrite", \.validation.userIDOverwrite, .inferred),
        choice("colon_in_event_name", \.validation.colonInEventName, .inferred),
        choice("blocklisted_email", \.validation.blocklistedEmail, .unknown),
        choice("long_idempotency_key", \.validation.longIdempotencyKey, .unknown),
        choice("length_unit", \.validation.lengthUnit, .unknown),
        choice("length_measure", \.validation.lengthMeasure, .unknown),
        number("length_status", \.validation.lengthStatus, 400...422, .unknown),
        number("plan_contacts", \.validation.planContacts, 0...1_000_000, .own),
        number("plan_status", \.validation.planStatus, 400...499, .unknown),
        number("length_maximum", \.validation.lengthMaximum, 1...1_000_000, .documented),
        choice("legacy_fields", \.validation.legacyFields, .inferred),
        choice("rate_limit_body", \.validation.rateLimitBody, .unknown),
        flag("rate_headers_on_401", \.validation.rateHeadersOn401, .unknown),
        flag("late_commit", \.validation.lateCommit, .unknown),
        flag("consent_declared", \.validation.consentDeclared, .own),
    ]

    private static let idempotency: [SimulatorSetting] = [
        choice("replay_same_body", \.idempotency.replaySameBody, .documented),
        choice("messages", \.idempotency.messages, .inferred),
        choice("compare", \.idempotency.comparison, .unknown),
        choice("burn_on", \.idempotency.burnOn, .unknown),
        choice("in_flight", \.idempotency.inFlight, .unknown),
        choice("scope", \.idempotency.scope, .unknown),
        choice("empty_idempotency_key", \.idempotency.emptyKey, .unknown),
        number("idempotency_ttl_seconds", \.idempotency.timeToLiveSeconds, 1...31_536_000, .documented),
        number("idempotency_key_maximum", \.idempotency.keyLengthMaximum, 1...65_536, .documented),
    ]

    private static let limiter: [SimulatorSetting] = [
        choice("limiter", \.limiter.kind, .unknown),
        number("limit", \.limiter.limit, 0...1_000_000, .documented),
        flag("count_rejected", \.limiter.countRejected, .unknown),
        number("window_jitter_ms", \.limiter.windowJitterMilliseconds, 0...10_000, .own),
        number("foreign_load", \.limiter.foreignLoad, 0...100_000, .own),
        number("bucket_capacity", \.limiter.bucketCapacity, 0...1_000_000, .own),
        number("told_limit", \.limiter.toldLimit, -1...1_000_000, .own),
    ]

    private static let own: [SimulatorSetting] = [
        text("marker_property", \.markerProperty),
        text("sequence_property", \.sequenceProperty),
    ]

    private static let order = SimulatorSetting(
        name: "order",
        evidence: .unknown,
        allowed: ["a list of all of " + PipelineStage.allCases.map(\.rawValue).joined(separator: ", ")],
        read: { .array($0.validation.order.map { .string($0.rawValue) }) },
        write: { configuration, value in
            guard let elements = value.arrayValue else { return false }
            let stages = elements.compactMap { $0.stringValue.flatMap(PipelineStage.init(rawValue:)) }
            guard PipelineStage.isUsable(stages) else { return false }
            configuration.validation.order = stages
            return true
        }
    )

    private static func text(
        _ name: String,
        _ path: any WritableKeyPath<SimulatorConfiguration, String> & Sendable
    ) -> SimulatorSetting {
        SimulatorSetting(
            name: name,
            evidence: .own,
            allowed: ["a text that is not empty"],
            read: { .string($0[keyPath: path]) },
            write: { configuration, value in
                guard let text = value.stringValue, !text.isEmpty else { return false }
                configuration[keyPath: path] = text
                return true
            }
        )
    }
}

extension PipelineStage {
    /// Each step once, what reads the body after the step that asks for one, and whose limit it is before the limit.
    static func isUsable(_ stages: [PipelineStage]) -> Bool {
        guard stages.count == allCases.count, Set(stages.map(\.rawValue)).count == stages.count else { return false }
        let place = Dictionary(uniqueKeysWithValues: stages.enumerated().map { ($1, $0) })
        let isBefore = { (one: PipelineStage, other: PipelineStage) in (place[one] ?? 0) < (place[other] ?? 0) }
        return isBefore(.authentication, .rateLimit) && isBefore(.body, .length) && isBefore(.body, .fields)
            && isBefore(.authentication, .fields) && isBefore(.authentication, .idempotency)
            && isBefore(.body, .idempotency)
    }
}
