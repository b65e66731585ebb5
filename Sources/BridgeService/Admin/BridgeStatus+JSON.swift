package import Bridge
package import JSON
import Loops
import StreamGroups

extension BridgeStatus {
    /// As `/status.json` shows it. Unknown is `null`, never 0.
    /// - Parameter showsDetails: whether it has what Loops answered. That may be anything: names, numbers, a key.
    func json(showsDetails: Bool) -> JSONValue {
        [
            "version": .string(Version.text),
            "instance": .string(instance),
            "group": .string(group),
            "ready": .bool(isReady),
            "health": [
                "state": .string(health.state.rawValue),
                "reasons": .array(health.reasons.map { .string($0.shown) }),
                "advice": advice.map { advice in
                    [
                        "action": .string(advice.action.shown), "document": .string(advice.document),
                        "section": .string(advice.section),
                    ]
                } ?? .null,
            ],
            "drained": .bool(isDrained),
            "checks": .array(
                checks.map {
                    ["name": .string($0.name), "ok": .bool($0.problem == nil), "problem": .optional($0.problem?.shown)]
                }
            ),
            "redis": [
                "connected": .bool(redisConnected), "problem": .optional(redisConnected ? redisAdvice : redisProblem),
            ],
            "delivery": [
                "blockedBy": .optional(Self.blockReasons[delivery.hold] ?? nil),
                "nextTrySeconds": .optional(delivery.nextTrySeconds),
                "stillSeconds": .optional(delivery.stillSeconds),
                "inFlight": .int(Int64(delivery.inFlight)),
                "buffered": .int(Int64(delivery.buffered)),
                "contactsQueued": .int(Int64(delivery.contacts)),
                "contactsInBackoff": .int(Int64(delivery.contactsInBackoff)),
                "settlingContacts": .int(Int64(delivery.settlingContacts)),
                "shuttingDown": .bool(delivery.isDraining),
                "limit": .optional(delivery.limit),
                "effectiveRate": .optional(delivery.pace),
                "remaining": .optional(delivery.remaining),
                "requestsPerSecond": .optional(activity.requestsPerSecond),
                "completionsPerSecond": .optional(activity.completionsPerSecond),
            ],
            "backlog": [
                "waiting": .optional(backlog.waiting),
                "oldestSeconds": .optional(backlog.oldestSeconds),
                "completionsPerSecond": .optional(backlog.completionsPerSecond),
                "catchUpSeconds": .optional(backlog.drainSeconds),
            ],
            "incoming": incoming?.json ?? .null,
            "completed": [
                "delivered": .int(Int64(ends.delivered)),
                "deleted": .int(Int64(ends.deleted)),
                "ignored": .int(Int64(ends.ignored)),
                "expired": .int(Int64(ends.expired)),
                "deadLettered": .int(Int64(ends.deadLettered)),
                "lost": .int(Int64(ends.lost)),
            ],
            "deadLetterReasons": .object(
                JSONObject(
                    DeadLetterReason.allCases.compactMap { reason in
                        activity.deadLetters[reason].map { (reason.rawValue, .int(Int64($0))) }
                    }
                )
            ),
            "recent": [
                "minutes": .int(5), "completed": .int(Int64(activity.recentEnds)),
                "deadLettered": .int(Int64(activity.recentDeadLetters)),
            ],
            "account": account.json,
            "failures": .array(activity.failures.map { $0.json(showsDetail: showsDetails) }),
            "streams": .array(streams.map(\.json)),
        ]
    }
}

extension BridgeStatus {
    /// What keeps requests from being sent, by the name that the bridge has for it.
    private static let blockReasons: [String: String?] = [
        "none": nil, "unauthorized": "apiKey", "wrongAddress": "address", "outage": "circuitOpen",
        "throttled": "rateLimited",
    ]
}

extension AccountUse {
    /// As `/status.json` shows it. The counts are by name.
    var json: JSONValue {
        func counts(_ names: [String: Int]) -> JSONValue {
            .object(JSONObject(names.sorted { $0.key < $1.key }.map { ($0.key.shown, .int(Int64($0.value))) }))
        }
        return [
            "checkedAt": .optional(checkedAt),
            "problem": .optional(problem?.shown),
            "properties": .optional(account?.properties.count),
            "lists": .optional(account?.lists.count),
            "unknownProperties": counts(unknownProperties),
            "differingTypes": counts(differingTypes),
            "unknownLists": counts(unknownLists),
            "otherNames": .int(Int64(uncounted)),
        ]
    }
}

extension StreamStatus {
    /// As `/status.json` shows it.
    package var json: JSONValue {
        [
            "name": .string(name),
            "length": .optional(length),
            "lag": .optional(lag),
            "pending": .optional(pending),
            "oldestUnackedSeconds": .optional(oldestUnackedSeconds),
            "completionsPerSecond": .optional(completionsPerSecond),
            "catchUpSeconds": .optional(drainSeconds),
            "stillSeconds": .optional(stillSeconds),
            "secondsUntilTrimLoss": .optional(timeUntilLoss.map { $0 / .seconds(1) }),
            "weight": .int(Int64(weight)),
            "deadLetters": .optional(deadLetters),
            "lost": .int(Int64(lost)),
            "outOfOrder": .int(Int64(outOfOrder)),
            "sentLate": .int(Int64(sentLate)),
            "primary": .optional(primaryDoubt.map { $0 == .otherPrimary ? "other" : "unknown" }),
            "oldestDeadLetterSeconds": oldestDeadLetterSeconds.map { .double($0) } ?? .null,
            "buffered": .int(Int64(buffered)),
            "pendingAcks": .int(Int64(unconfirmedAcks)),
            "partitions": [
                "total": .int(Int64(partitions)),
                "assigned": .int(Int64(owned)),
                "unassigned": .optional(unassigned),
                "epoch": .int(epoch),
            ],
            "members": .int(Int64(members)),
            "replicas": .array(replicas.map(\.json)),
            "error": .optional(fault?.shown),
            "paused": pause?.json ?? .null,
        ]
    }
}

extension ReplicaStatus {
    fileprivate var json: JSONValue {
        [
            "name": .string(name.shown),
            "self": .bool(isSelf),
            "partitions": .array(partitions.map { .int(Int64($0)) }),
            "url": .optional(address?.text),
        ]
    }
}

extension RecentFailure {
    func json(showsDetail: Bool) -> JSONValue {
        [
            "type": .string(kind.rawValue),
            "reason": .string(reason),
            "stream": .string(stream),
            "contactHash": .optional(contact),
            "contacts": .int(Int64(contacts)),
            "status": .optional(status),
            "detail": showsDetail ? .string(detail.shown) : .null,
            "count": .int(Int64(count)),
            "lastSeenAt": .double(at),
        ]
    }
}

extension StatusHistory {
    /// The columns of ``json``.
    static let columns = ["at", "completionsPerSecond", "requestsPerSecond", "waiting", "oldestSeconds", "state"]

    /// As the page draws it: one array a sample.
    var json: JSONValue {
        [
            "columns": .array(Self.columns.map { .string($0) }),
            "intervalSeconds": .double(Self.interval / .seconds(1)),
            "capacity": .int(Int64(Self.capacity)),
            "samples": .array(samples.map(\.json)),
        ]
    }
}

extension StatusHistory.Sample {
    var json: JSONValue {
        [
            .double((at * 10).rounded() / 10), .optional(completionsPerSecond), .optional(requestsPerSecond),
            .optional(waiting), .optional(oldestSeconds), .optional(state?.rawValue),
        ]
    }
}

extension Pause {
    /// As `/status.json` and the answers of `/control` show it.
    package var json: JSONValue { ["since": .int(since), "by": .string(by), "reason": .string(reason)] }
}

extension JSONValue {
    package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    /// Rounded to thousandths: a rate's last digits are noise.
    package static func optional(_ number: Double?) -> JSONValue {
        number.map { .double(($0 * 1000).rounded() / 1000) } ?? .null
    }
    package static func optional(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
}
