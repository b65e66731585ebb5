import Bridge
import JSON

extension BridgeStatus {
    /// As `/status.json` shows it. Unknown is `null`, never 0.
    var json: JSONValue {
        [
            "version": .string(Version.text),
            "instance": .string(instance),
            "group": .string(group),
            "ready": .bool(isReady),
            "drained": .bool(isResting),
            "checks": .array(
                checks.map {
                    ["name": .string($0.name), "ok": .bool($0.problem == nil), "problem": .optional($0.problem)]
                }
            ),
            "redis": ["connected": .bool(redisConnected)],
            "delivery": [
                "hold": .string(delivery.hold),
                "inFlight": .int(Int64(delivery.inFlight)),
                "buffered": .int(Int64(delivery.buffered)),
                "contacts": .int(Int64(delivery.contacts)),
                "blockedContacts": .int(Int64(delivery.blockedContacts)),
                "draining": .bool(delivery.isDraining),
            ],
            "ended": [
                "delivered": .int(Int64(ends.delivered)),
                "ignored": .int(Int64(ends.ignored)),
                "expired": .int(Int64(ends.expired)),
                "deadLettered": .int(Int64(ends.deadLettered)),
                "lost": .int(Int64(ends.lost)),
            ],
            "streams": .array(streams.map(\.json)),
        ]
    }
}

extension StreamStatus {
    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "length": .optional(length),
            "lag": .optional(lag),
            "pending": .optional(pending),
            "oldestUnackedSeconds": oldestUnackedSeconds.map { .double($0) } ?? .null,
            "deadLetters": .optional(deadLetters),
            "buffered": .int(Int64(buffered)),
            "unconfirmedAcks": .int(Int64(unconfirmedAcks)),
            "partitions": [
                "total": .int(Int64(partitions)),
                "owned": .int(Int64(owned)),
                "unowned": .optional(unowned),
                "epoch": .int(epoch),
            ],
            "members": .int(Int64(members)),
            "fault": .optional(fault),
            "paused": pause?.json ?? .null,
        ]
    }
}

extension Pause {
    /// As `/status.json` and the answers of `/control` show it.
    var json: JSONValue { ["since": .int(since), "by": .string(by), "reason": .string(reason)] }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func optional(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
}
