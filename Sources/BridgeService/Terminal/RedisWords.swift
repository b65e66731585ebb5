package import RedisStreams

/// Why Redis did not do what it was asked for, for the one who asked.
package enum RedisWords {
    package static func text(_ error: any Error, _ redis: RedisConfiguration) -> String {
        guard let error = error as? RedisError else { return "\(error)" }
        let place = "Redis at \(redis)"
        switch error.reason {
        case .notConnected(let why), .connectionLost(let why):
            // What to do about a certificate stands in the words themselves.
            if why.contains("TLS: the certificate") { return "\(place): \(why)." }
            return refusal(why).map { "\(place) \($0)" } ?? "\(place) does not answer: \(why). Check redis.url."
        case .timedOut: return "\(place) does not answer in time (\(error.command)). Check redis.url."
        case .server(let answer):
            if let words = refusal(answer.code) { return "\(place) \(words)" }
            if answer.code == "WRONGTYPE" {
                return
                    "\(place): one of the bridge's keys holds something else. 'loops-bridge check --connect' names it."
            }
            return "\(place) answered \(error.command) with \(answer)"
        default: return "\(place): \(error)"
        }
    }

    /// An answer that is about who asks, and no outage.
    private static func refusal(_ why: String) -> String? {
        if why.contains("WRONGPASS") {
            return "refuses the user or the password (WRONGPASS). Check those in redis.url."
        }
        if why.contains("NOAUTH") {
            return
                "wants a password (NOAUTH): give it as redis://user:password@… in REDIS_URL, or in the settings file."
        }
        if why.contains("NOPERM") {
            return "does not give the user the rights that this needs: \(why). See docs/reference/redis.md."
        }
        if why.hasPrefix("AUTH: ") { return "takes no password: \(why.dropFirst(6)). Check redis.url." }
        return nil
    }
}
