import Support

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
