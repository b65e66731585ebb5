import Bridge
import JSON
import StreamGroups

extension IncomingEvents {
    /// As `/status.json` shows it: each write key apart, then all others together, where there are some.
    var json: JSONValue {
        var shown = keys.sorted { ($0.value.accepted, $1.key) > ($1.value.accepted, $0.key) }
            .map { Self.key(.string($0.key.shown), $0.value) }
        if otherKeys != .init() { shown.append(Self.key(.null, otherKeys)) }
        return .object(
            JSONObject(
                total.members + [
                    ("acceptedPerSecond", .optional(acceptedPerSecond)),
                    ("held", .optional(held)),
                    ("oldestHeldSeconds", .optional(oldestHeldSeconds)),
                    ("keys", .array(shown)),
                    ("drops", Self.numbers(drops)),
                    ("libraries", Self.numbers(libraries)),
                    ("intakes", .array(intakes.prefix(IntakeReport.reportsMax).map(\.json))),
                ]
            )
        )
    }

    private static func key(_ name: JSONValue, _ counts: IntakeReport.Counts) -> JSONValue {
        .object(JSONObject([("name", name)] + counts.members))
    }

    private static func numbers(_ numbers: [String: Int]) -> JSONValue {
        let order = numbers.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        return .object(JSONObject(order.map { ($0.key.shown, .int(Int64($0.value))) }))
    }
}

extension IncomingEvents.Intake {
    fileprivate var json: JSONValue {
        .object(
            JSONObject(
                [
                    ("name", .string(name.shown)),
                    ("since", .double(Double(since) / 1000)),
                    ("silentSeconds", .optional(silentSeconds)),
                ] + total.members + [
                    ("acceptedPerSecond", .optional(acceptedPerSecond)),
                    ("held", .optional(held)),
                    ("oldestHeldSeconds", .optional(oldestHeldSeconds)),
                    ("outageSeconds", .optional(outageSeconds)),
                    ("failure", .optional(failure?.shown)),
                ]
            )
        )
    }
}

extension IntakeReport.Counts {
    fileprivate var members: [(String, JSONValue)] {
        [
            ("accepted", .int(Int64(accepted))), ("duplicates", .int(Int64(duplicates))),
            ("dropped", .int(Int64(dropped))),
        ]
    }
}
