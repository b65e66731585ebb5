/// What a reply says about the topology.
enum Redirection: Sendable, Equatable {
    /// The slot lives elsewhere for good.
    case moved(RedisEndpoint)
    /// The slot is on its way; this one key has to be asked for there.
    case ask(RedisEndpoint)
    /// The server takes no writes any more.
    case demoted

    /// - Parameter asked: who answered.
    init?(_ error: RedisServerError, asked: RedisEndpoint) {
        switch error.code {
        case "MOVED", "ASK":
            // `MOVED 3999 127.0.0.1:6381`
            let words = error.message.split(separator: " ")
            guard words.count >= 2, let endpoint = RedisEndpoint(words[1], asked: asked) else { return nil }
            self = error.code == "MOVED" ? .moved(endpoint) : .ask(endpoint)
        case "READONLY": self = .demoted
        default: return nil
        }
    }
}
