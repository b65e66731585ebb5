/// Ready-made configurations. A suite that means something passes the first three.
public enum SimulatorProfile: String, SettingChoice {
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
    public func configuration(seed: UInt64 = 1) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.randomSeed = seed
        apply(to: &configuration)
        return configuration
    }

    /// Changes what the profile is about and leaves the rest.
    public func apply(to configuration: inout SimulatorConfiguration) {
        switch self {
        case .documented: break
        case .lenient:
            configuration.validation.badType = .drop
            configuration.validation.badEventValue = .drop
            configuration.validation.unknownList = .drop
            configuration.validation.colonInEventName = .accept
            configuration.validation.blocklistedEmail = .accept
            configuration.validation.longIdempotencyKey = .accept
            configuration.idempotency.messages = .alwaysProcessed
        case .hostile:
            configuration.limiter.kind = .slidingLog
            configuration.limiter.foreignLoad = 2
            configuration.idempotency.burnOn = .anyResponse
            configuration.idempotency.inFlight = .conflict
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

    /// 1 % applied and dropped, and 2 % of 5xx: a load balancer's pages before anything, and plain 500s after the commit.
    private static let hostileFaults: [FaultRule] = [
        FaultRule("bad gateway", .respond(status: 502, .html, .before), probability: 0.005),
        FaultRule("unavailable", .respond(status: 503, .html, .before), probability: 0.005),
        FaultRule(
            "applied, then 500",
            .respond(status: 500, .message("Internal Server Error"), .afterCommit),
            probability: 0.01
        ),
        FaultRule("applied, then dropped", .disconnect(reset: true, .afterCommit), probability: 0.01),
    ]
}
