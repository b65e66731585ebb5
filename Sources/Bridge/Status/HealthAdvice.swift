/// The one thing to do first about the reasons of a ``BridgeHealth``, and where more is written about it.
package struct HealthAdvice: Sendable, Equatable {
    package let action: String
    /// The section of the runbook that has more: most are called like an alert.
    package let section: String

    /// The runbook in this repository, with the section.
    package var document: String { "docs/how-to/runbook.md#\(section.lowercased())" }

    private init(_ action: String, runbook section: String) {
        self.action = action
        self.section = section
    }

    /// - Returns: nil when there is nothing that a person has to do.
    init?(_ status: BridgeStatus) {
        if status.delivery.isDraining { return nil }
        guard let advice = Self.hold(status) ?? Self.pause(status) ?? Self.worry(status) ?? Self.slowness(status) else {
            return nil
        }
        self = advice
    }

    private static func hold(_ status: BridgeStatus) -> HealthAdvice? {
        let delivery = status.delivery
        if !status.redisConnected {
            return Self(
                "Check that Redis runs and can be reached from here; the address is redis.url. Nothing is lost meanwhile.",
                runbook: "LoopsBridgeRedisDown"
            )
        }
        switch delivery.hold {
        case "unauthorized":
            return Self(
                "Put a valid key of the team into LOOPS_API_KEY and restart, or make this key valid again at Loops.",
                runbook: "LoopsBridgeKeyRejected"
            )
        case "wrongAddress":
            return Self("Correct LOOPS_BASE_URL and restart.", runbook: "LoopsBridgeNotDelivering")
        case "outage":
            return Self(
                "See whether Loops is up. If it is, check the network, the proxy and the firewall between here and it.",
                runbook: "LoopsBridgeLoopsDown"
            )
        default: break
        }
        if delivery.isUnreached, delivery.failure != nil {
            return Self(
                "Check the network, the proxy and the firewall between here and Loops.",
                runbook: "LoopsBridgeLoopsDown"
            )
        }
        if delivery.limiterFailure != nil {
            return Self(
                "Run 'loops-bridge check --connect': it names what Redis refuses.",
                runbook: "LoopsBridgeRedisDown"
            )
        }
        if status.streams.contains(where: { $0.primaryDoubt != nil }) {
            return Self("Check the sentinels, or the cluster's primaries.", runbook: "LoopsBridgeReplicaCutOff")
        }
        if status.streams.contains(where: { $0.fault != nil || $0.letterProblem != nil || $0.figuresProblem != nil }) {
            return Self(
                "Run 'loops-bridge check --connect': it names the key or the right that is missing.",
                runbook: "LoopsBridgeStreamUnreadable"
            )
        }
        return nil
    }

    private static func pause(_ status: BridgeStatus) -> HealthAdvice? {
        if status.isDrained {
            return Self("Resume this replica once its maintenance is over.", runbook: "LoopsBridgeDrained")
        }
        guard let stream = status.streams.first(where: { $0.pause != nil }) else { return nil }
        return Self("Resume \(stream.name) once the reason of its pause is gone.", runbook: "LoopsBridgePaused")
    }

    private static func worry(_ status: BridgeStatus) -> HealthAdvice? {
        if status.delivery.doubtsAddress { return Self("Check LOOPS_BASE_URL.", runbook: "LoopsBridgeNotDelivering") }
        if status.redisAdvice != nil { return Self("Change the address in redis.url.", runbook: "RedisAddress") }
        if status.streams.contains(where: { $0.outOfOrder + $0.sentLate > 0 }) {
            return Self("Compare the contact at Loops with its newest event.", runbook: "LoopsBridgeOrderViolated")
        }
        if status.streams.contains(where: { $0.lost > 0 }) {
            return Self(
                "Publish what was lost again, and raise the producer's MAXLEN.",
                runbook: "LoopsBridgeEventsLost"
            )
        }
        if status.streams.contains(where: { $0.timeUntilLoss.map { $0 < RetentionMonitor.warning } ?? false }) {
            return Self("Raise the producer's MAXLEN now, before entries are lost.", runbook: "LoopsBridgeTrimNear")
        }
        if status.streams.contains(where: { ($0.unassigned ?? 0) > 0 }) {
            return Self(
                "Wait for one lease time; if it stays, look for a replica that hangs.",
                runbook: "LoopsBridgePartitionUnassigned"
            )
        }
        if status.mappingsRefused {
            return Self("Correct the mappings file; it is loaded by itself.", runbook: "LoopsBridgeMappingsRefused")
        }
        if !status.mismatches.isEmpty {
            return Self("Add the mapping's contact path to bridge.contactKeys.", runbook: "ContactMismatch")
        }
        if status.unrecognized != nil {
            return Self("Make the producer write Segment's events.", runbook: "UnrecognizedEvents")
        }
        if BridgeHealth.hasManyDeadLetters(status.activity) {
            return Self("Open 'Dead letters' and read why; fix it, then replay.", runbook: "LoopsBridgeDeadLettersGrew")
        }
        return nil
    }

    private static func slowness(_ status: BridgeStatus) -> HealthAdvice? {
        if BridgeHealth.slowness(status.delivery) != nil {
            return Self(
                "Find what else uses the team's rate limit, or lower loops.rateLimit.",
                runbook: "LoopsBridgeThrottled"
            )
        }
        if Standing(status).reasons.isEmpty { return nil }
        return Self("Read the log of the last minutes.", runbook: "LoopsBridgeNotDelivering")
    }
}
