import Support

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

/// When a fault strikes.
package enum FaultStage: String, SettingChoice {
    /// When the head of the request is there, before its body is read.
    case arrival
    /// Before anything of the request is looked at: a load balancer's fault.
    case before
    /// After all checks, with the idempotency key taken, before anything is applied.
    case beforeCommit = "before_commit"
    /// Applied, but not answered yet.
    case afterCommit = "after_commit"
}

/// The body of an injected answer.
package enum FaultBody: Sendable, Equatable {
    /// The error envelope of Loops.
    case message(String)
    /// A load balancer's page.
    case html
    case text(String)
    case empty
}

/// A length of time, fixed or drawn evenly by the seed.
package struct FaultDelay: Sendable, Equatable {
    package var minimumMilliseconds: Int
    package var maximumMilliseconds: Int

    package static func fixed(milliseconds: Int) -> FaultDelay {
        FaultDelay(minimumMilliseconds: milliseconds, maximumMilliseconds: milliseconds)
    }

    package static func even(milliseconds: ClosedRange<Int>) -> FaultDelay {
        FaultDelay(minimumMilliseconds: milliseconds.lowerBound, maximumMilliseconds: milliseconds.upperBound)
    }

    func nanoseconds(using random: inout SplitMix64) -> Int64 {
        let low = Int64(max(0, minimumMilliseconds)) * 1_000_000
        let high = max(low, Int64(maximumMilliseconds) * 1_000_000)
        return low == high ? low : Int64.random(in: low...high, using: &random)
    }
}

/// What a fault does.
package enum FaultAction: Sendable, Equatable {
    /// Answer this instead.
    case respond(status: Int, FaultBody, FaultStage)
    case delay(FaultDelay, FaultStage)
    /// Never answer; the connection stays open until the client leaves.
    case stall(FaultStage)
    /// Close the connection without an answer, with a TCP reset or in the ordinary way.
    case disconnect(reset: Bool, FaultStage)
    /// Applied; the answer stops after this share of its body and the connection closes.
    case truncate(share: Double)
    /// Applied; 200 with a body that is not JSON.
    case garbage
    /// Applied; the answer comes in pieces.
    case trickle(bytes: Int, everyMilliseconds: Int)
    /// Applied and answered; then the connection closes, announced by `connection: close` or not.
    case closeAfterResponse(announced: Bool)
    /// Every connection is cut and new ones are refused for a time.
    case refuseConnections(milliseconds: Int)

    package var stage: FaultStage {
        switch self {
        case .respond(_, _, let stage), .delay(_, let stage), .stall(let stage), .disconnect(_, let stage): stage
        case .truncate, .garbage, .trickle, .closeAfterResponse: .afterCommit
        case .refuseConnections: .before
        }
    }
}
