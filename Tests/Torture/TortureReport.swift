/// What a torture came to: each check with its figure.
struct TortureReport: Sendable {
    struct Check: Sendable, Equatable {
        let name: String
        let passed: Bool
        let figure: String
    }

    let seed: UInt64
    var redis = RedisKind.pair
    var checks: [Check] = []
    /// What is worth knowing and no promise.
    var figures: [(name: String, value: String)] = []

    var failures: [Check] { checks.filter { !$0.passed } }

    /// A check that counts violations: none may be there.
    mutating func expectNone(_ name: String, _ violations: some Collection<String>) {
        let examples = violations.prefix(3).joined(separator: ", ")
        let figure = violations.isEmpty ? "0" : "\(violations.count) (\(examples))"
        checks.append(Check(name: name, passed: violations.isEmpty, figure: figure))
    }

    var text: String {
        var lines = ["seed \(seed), \(redis.rawValue)"]
        for check in checks {
            lines.append("  \(check.passed ? "ok  " : "FAIL") \(padded(check.name)) \(check.figure)")
        }
        for figure in figures { lines.append("       \(padded(figure.name)) \(figure.value)") }
        return lines.joined(separator: "\n")
    }

    private func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, 44 - name.count)) }
}
