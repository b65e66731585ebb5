/// A fault to inject. Rules are asked in order; delays add up, the first other action of a stage wins.
package struct FaultRule: Sendable, Equatable {
    package var name: String
    package var match: FaultMatch
    package var action: FaultAction
    /// Chance that a match fires, from 0 to 1, by the seed.
    package var probability: Double
    /// Fires on this match only, from 1.
    package var nth: Int?
    /// Fires at most so often.
    package var remaining: Int?
    /// Milliseconds of simulated time since the start or the last reset.
    package var activeFromMilliseconds: Int64?
    package var activeUntilMilliseconds: Int64?

    package init(
        _ name: String,
        on match: FaultMatch = FaultMatch(),
        _ action: FaultAction,
        probability: Double = 1,
        nth: Int? = nil,
        remaining: Int? = nil,
        activeFromMilliseconds: Int64? = nil,
        activeUntilMilliseconds: Int64? = nil
    ) {
        self.name = name
        self.match = match
        self.action = action
        self.probability = probability
        self.nth = nth
        self.remaining = remaining
        self.activeFromMilliseconds = activeFromMilliseconds
        self.activeUntilMilliseconds = activeUntilMilliseconds
    }
}

/// Which requests a rule is about; nil matches all. Texts may hold `*` and `?`.
package struct FaultMatch: Sendable, Equatable {
    package var method: String?
    /// Path under `/api`, such as `/v1/events/*`.
    package var path: String?
    package var eventName: String?
    package var email: String?
    package var userID: String?

    package init(
        method: String? = nil,
        path: String? = nil,
        eventName: String? = nil,
        email: String? = nil,
        userID: String? = nil
    ) {
        self.method = method
        self.path = path
        self.eventName = eventName
        self.email = email
        self.userID = userID
    }

    package static func endpoint(_ endpoint: Endpoint) -> FaultMatch {
        FaultMatch(method: endpoint.method, path: endpoint.path)
    }

    /// Whether it asks for something that only the body says.
    var needsBody: Bool { eventName != nil || email != nil || userID != nil }

    func matches(_ subject: FaultSubject) -> Bool {
        fits(method, subject.method) && fits(path, subject.path) && fits(eventName, subject.eventName)
            && fits(email, subject.email) && fits(userID, subject.userID)
    }

    private func fits(_ pattern: String?, _ text: String?) -> Bool {
        guard let pattern else { return true }
        guard let text else { return false }
        return GlobPattern(pattern).matches(text)
    }
}

/// What of a request the rules look at.
package struct FaultSubject: Sendable, Equatable {
    package var method: String
    package var path: String
    package var eventName: String?
    package var email: String?
    package var userID: String?

    package init(method: String, path: String) {
        self.method = method
        self.path = path
    }
}
