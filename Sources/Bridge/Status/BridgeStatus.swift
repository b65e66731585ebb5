/// A bridge as its operators see it, at one instant.
package struct BridgeStatus: Sendable, Equatable {
    package var instance: String
    package var group: String
    package var redisConnected: Bool
    /// Why there is no connection to Redis; nil when there is one.
    package var redisProblem: String?
    /// What is wrong with the form of Redis' address, though it answers; nil when nothing is.
    package var redisAdvice: String?
    /// Where Loops is said to be.
    package var loopsAddress = ""
    /// Whether this replica was told to rest: it stays up, owns nothing and starts nothing.
    package var isDrained: Bool
    package var delivery: DeliverySnapshot
    package var streams: [StreamStatus]
    package var ends: CompletionCounts
    /// What this process has done lately.
    package var activity: ActivitySnapshot
    /// Whether the mappings file was refused when it was last loaded: those from before are in force.
    package var mappingsRefused = false
    /// What most of the events are that are none of Segment's; nil while there are few.
    package var unrecognized: UnrecognizedEvents?

    /// What is said of mappings that name other contacts than the ones in whose order they are sent.
    package var mismatches: [String] = []
    /// What Loops says that the team has, and what requests name beyond that.
    package var account = AccountUse()

    /// The state in one glance.
    package var health: BridgeHealth { BridgeHealth(self) }
    /// What to do first; nil when there is nothing.
    package var advice: HealthAdvice? { HealthAdvice(self) }
    /// What waits in all streams together.
    package var backlog: Backlog { Backlog(streams) }
    /// What comes in over HTTP; nil when that is unknown.
    package var incoming: IncomingEvents? { IncomingEvents(streams) }

    /// The checks of readiness. Loops being down is not among them: its outage must not take replicas out of service; a refused key is,
    /// since only a person can mend it.
    package var checks: [ReadinessCheck] {
        [
            ReadinessCheck(
                name: "redis",
                problem: redisConnected ? nil : "no connection to Redis" + (redisProblem.map { ": \($0)" } ?? "")
            ),
            ReadinessCheck(
                name: "group",
                problem: streams.first { $0.fault != nil }.map { "\($0.name): \($0.fault ?? "")" }
            ),
            ReadinessCheck(
                name: "apiKey",
                problem: delivery.isAuthorized ? nil : "Loops refuses the API key; everything is held"
            ),
            ReadinessCheck(
                name: "address",
                problem: delivery.hold == AdmissionControl.BlockReason.wrongAddress.rawValue
                    ? "Loops' API is not at \(loopsAddress); everything is held" : nil
            ),
            ReadinessCheck(
                name: "running",
                problem: delivery.isDraining ? "stopping: nothing new is started" : nil
            ),
        ]
    }

    package var isReady: Bool { checks.allSatisfy { $0.problem == nil } }

    /// The checks of a start: those of readiness, and that Loops has answered this process at least once. Once it has, an outage does not count.
    package var startChecks: [ReadinessCheck] {
        let problem = "Loops has never answered" + (delivery.failure.map { ": \($0)" } ?? ", or was not asked yet")
        return checks + [ReadinessCheck(name: "loops", problem: delivery.isUnreached ? problem : nil)]
    }
}

/// One condition of readiness.
package struct ReadinessCheck: Sendable, Equatable {
    package let name: String
    /// What is wrong; nil when the check passes.
    package let problem: String?

    package init(name: String, problem: String?) {
        self.name = name
        self.problem = problem
    }
}

/// How many entries ended, by kind, since the process began; confirmed by Redis.
package struct CompletionCounts: Sendable, Equatable {
    package var delivered = 0
    /// Delivered, and a contact is gone from Loops by it.
    package var deleted = 0
    package var ignored = 0
    /// Left out since they were too old, as their mapping says.
    package var expired = 0
    package var deadLettered = 0
    package var lost = 0

    package init() {}

    package var total: Int { delivered + deleted + ignored + expired + deadLettered + lost }

    mutating func count(_ kind: EntryCompletion.Kind) {
        switch kind {
        case .delivered: delivered += 1
        case .deleted: deleted += 1
        case .ignored: ignored += 1
        case .expired: expired += 1
        case .deadLettered: deadLettered += 1
        case .lost: lost += 1
        }
    }
}
