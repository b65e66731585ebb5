import JSON

/// Ready-made configurations. A suite that means something passes the first three.
package enum SimulatorProfile: String, SettingChoice {
    /// What the documents say, and the strict reading where they say nothing.
    case documented
    /// Drops where `documented` refuses, and one text for every used key.
    case lenient
    /// Everything that may go wrong, at small rates, with the strictest limiter.
    case hostile
    /// 300 to 900 ms an answer.
    case slow
    /// Five seconds after the start, nobody answers the door for a minute.
    case outage

    /// The configuration; ports, teams and bounds are the default ones.
    package func configuration(seed: UInt64 = 1) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.randomSeed = seed
        apply(to: &configuration)
        return configuration
    }

    /// Changes what the profile is about and leaves the rest.
    package func apply(to configuration: inout SimulatorConfiguration) {
        switch self {
        case .documented: break
        case .lenient:
            configuration.validation.badType = .drop
            configuration.validation.badEventValue = .drop
            configuration.validation.badDataVariable = .drop
            configuration.validation.unknownList = .drop
            configuration.validation.colonInEventName = .accept
            configuration.validation.blocklistedEmail = .accept
            configuration.validation.longIdempotencyKey = .accept
            configuration.validation.refusedListAdd = .reject400
            configuration.validation.propertyTypeMismatch = .store
            configuration.validation.hiddenProperty = .store
            configuration.validation.trimsEmail = true
            configuration.validation.unknownUserID = .createOnEvent
            configuration.validation.splitIdentity = .emailWins
            configuration.validation.lengthUnit = .scalars
            configuration.validation.lengthMeasure = .eachPlain
            configuration.validation.legacyFields = .always
            configuration.validation.rateLimitBody = .empty
            configuration.idempotency.messages = .alwaysProcessed
            configuration.idempotency.replaySameBody = .replay
            configuration.idempotency.comparison = .canonical
            configuration.idempotency.inFlight = .wait
            configuration.validation.lateCommit = false
        case .hostile:
            configuration.limiter.kind = .slidingLog
            configuration.limiter.countRejected = true
            configuration.limiter.foreignLoad = 2
            configuration.validation.propertyTypeMismatch = .reject400
            configuration.validation.reservedProperty = .reject400
            configuration.validation.hiddenProperty = .reject400
            configuration.validation.emailCase = .exact
            configuration.validation.unknownUserID = .notFound404
            configuration.validation.userIDOverwrite = .reject400
            configuration.validation.lengthUnit = .utf8
            configuration.validation.lengthMeasure = .member
            configuration.validation.lengthStatus = 413
            configuration.validation.planStatus = 402
            configuration.validation.legacyFields = .never
            configuration.validation.rateLimitBody = .text
            configuration.validation.rateHeadersOn401 = false
            configuration.validation.order = [.authentication, .body, .idempotency, .rateLimit, .length, .fields]
            configuration.idempotency.burnOn = .anyResponse
            configuration.idempotency.inFlight = .conflict
            configuration.idempotency.scope = .team
            configuration.idempotency.emptyKey = .reject400
            configuration.faults += SimulatorProfile.hostileFaults
        case .slow:
            configuration.faults.append(FaultRule("slow", .delay(.even(milliseconds: 300...900), .before)))
        case .outage:
            configuration.faults.append(
                FaultRule(
                    "outage",
                    .refuseConnections(milliseconds: 60_000),
                    remaining: 1,
                    activeFromMilliseconds: 5_000
                )
            )
        }
    }

    /// How long a slow request takes at the most, in milliseconds: longer than impatient clients wait.
    package static let slowestMilliseconds = 1_600

    /// 1 % applied and dropped, 3 % of 5xx (a load balancer's pages before anything, and plain ones before and after the commit), and delays with
    /// the key in flight: mostly short, and some for which an impatient client does not wait.
    private static let hostileFaults: [FaultRule] = [
        FaultRule("bad gateway", .respond(status: 502, .html, .before), probability: 0.005),
        FaultRule("unavailable", .respond(status: 503, .html, .before), probability: 0.005),
        FaultRule("in flight", .delay(.even(milliseconds: 1...20), .beforeCommit), probability: 0.2),
        FaultRule(
            "slow",
            .delay(.even(milliseconds: 1_100...SimulatorProfile.slowestMilliseconds), .beforeCommit),
            probability: 0.01
        ),
        FaultRule(
            "failed before the commit",
            .respond(status: 503, .message("Service Unavailable"), .beforeCommit),
            probability: 0.005
        ),
        FaultRule(
            "broken before the commit",
            .respond(status: 500, .message("Internal Server Error"), .beforeCommit),
            probability: 0.005
        ),
        FaultRule(
            "applied, then 500",
            .respond(status: 500, .message("Internal Server Error"), .afterCommit),
            probability: 0.01
        ),
        FaultRule("applied, then dropped", .disconnect(reset: true, .afterCommit), probability: 0.01),
    ]
}

/// What the simulator says about itself, so that nobody takes a green run for more than it is.
extension SimulatorConfiguration {
    /// Lines to print at the start: every unverified setting in force, with its value.
    package var banner: String {
        var lines = [
            "Loops simulator: a stand-in, not Loops. It sends no mail and evaluates no workflow.",
            "None of these is known to match Loops:",
        ]
        for setting in SimulatorSetting.unverified(in: self) {
            lines.append("  \(setting.name) = \(setting.read(self).jsonText) (\(setting.evidence.rawValue))")
        }
        if !faults.isEmpty {
            lines.append("Faults in force: " + faults.map(\.name).joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}
