/// What `dev` says once it is up: where everything is, and what to try. No line is longer than 40 columns, as long as ports have five digits.
struct DevGreeting {
    /// Without a path.
    let dashboard: String
    let simulator: String
    let redis: String
    /// Whether it runs until Ctrl-C: else there is no time to try anything.
    let isSteady: Bool

    var lines: [String] {
        var lines = ["Dashboard  \(dashboard)/", "Simulator  \(simulator)/", "Redis      \(redis)"]
        guard isSteady else { return lines }
        let place = dashboard.hasSuffix(":9464") ? "" : "export HTTP_PORT=\(dashboard.split(separator: ":").last ?? "")"
        lines += ["", "Try in another terminal:", "export REDIS_URL=\(redis)"] + (place.isEmpty ? [] : [place])
        lines += [
            "  loops-bridge status --watch",
            "  loops-bridge why user-3",
            "  loops-bridge dead list",
            "  loops-bridge pause --redis",
            "  loops-bridge resume --redis",
            "", "3 in 100 sample events are wrong on",
            "purpose, to show dead letters.", "Ctrl-C ends it all and cleans up.",
        ]
        return lines
    }
}
