/// How a used `Idempotency-Key` is treated (Loops docs contradict themselves, 2026-11).
package struct IdempotencyConfiguration: Sendable, Equatable {
    /// The answer to a used key with the same body.
    package enum Replay: String, SettingChoice {
        case conflict = "409"
        /// The first answer once more.
        case replay = "200_replay"
        /// A fresh `{"success":true}`.
        case silent = "200_silent"
    }

    /// Which of the two known 409 texts is used when.
    package enum Messages: String, SettingChoice {
        case split
        case alwaysDifferentBody = "always_different_body"
        case alwaysProcessed = "always_processed"
        /// Each case in words of its own: also a request that goes on, and one that has failed.
        case telling
    }

    package enum Comparison: String, SettingChoice {
        case raw
        /// Key order and white space do not count.
        case canonical
    }

    /// Which answers use a key up. Answers given before the pipeline's idempotency step never do.
    package enum Burn: String, SettingChoice {
        case success
        case any4xx = "any_4xx"
        case anyResponse = "any_response"
        /// Also those that are given before anything looks at the request: 401 and 429.
        case anyAnswer = "any_answer"
    }

    package enum InFlight: String, SettingChoice {
        case conflict = "409"
        /// The second request waits for the first one's end.
        case wait
    }

    package enum Scope: String, SettingChoice {
        case teamAndEndpoint = "team+endpoint"
        case team
    }

    package var replaySameBody: Replay = .conflict
    package var messages: Messages = .split
    package var comparison: Comparison = .raw
    package var burnOn: Burn = .success
    package var inFlight: InFlight = .conflict
    package var scope: Scope = .teamAndEndpoint
    package var timeToLiveSeconds = 24 * 60 * 60
    package var keyLengthMaximum = 100
    /// An `Idempotency-Key` without anything in it.
    package var emptyKey: RejectOrAccept = .accept
    /// Keys kept; beyond it the oldest is forgotten and counted.
    package var keysMaximum = 500_000

    package init() {}
}
