import Loops
import StreamGroups

/// Both questions about the team, each with a permit of the rate limiter.
struct AccountQuestion: Sendable {
    let loops: LoopsClient
    /// Nil where nothing is limited.
    let limiter: RateLimiter?
    private let clock = ContinuousClock()

    init(loops: LoopsClient, limiter: RateLimiter?) {
        self.loops = loops
        self.limiter = limiter
    }

    /// The limiter gave no permit for long: everything goes to deliveries.
    struct NoPermit: Error, CustomStringConvertible {
        var description: String { "the rate limiter had no permit to spare" }
    }

    /// - Throws: what kept Loops from being asked, or from answering.
    func ask() async throws -> LoopsAccount {
        try await waitForPermit()
        let properties = try await loops.contactProperties()
        try await waitForPermit()
        return LoopsAccount(properties: properties, lists: try await loops.mailingLists())
    }

    private func waitForPermit() async throws {
        guard let limiter else { return }
        for _ in 0..<50 {
            let grant = try await limiter.ask(PermitRequest(count: 1))
            try await clock.sleep(for: grant.delay, tolerance: .zero)
            if grant.count > 0 { return }
        }
        throw NoPermit()
    }
}
