import DevKit
import JSON
import Support

/// Some minutes of traffic as sites make it, the same for the same seed.
struct Trace: Sendable {
    struct Event: Sendable {
        /// Seconds since the trace's beginning.
        let at: Double
        let user: Int
        let body: JSONObject
        /// For an identify: the plan that it names. For a track: nil.
        let plan: String?
        /// For a track: its number within the user's tracks, from 1.
        let track: Int64?

        var isSent: Bool { plan != nil || track != nil }
    }

    let name: String
    let events: [Event]
    let seconds: Double

    /// Visits of signed-in people to a site: each page load is a `page` and an `identify` with the same traits, as analytics.js sends them. Now
    /// and then somebody changes plan in the middle of a visit.
    static func pageLoads(seed: UInt64, minutes: Int) -> Trace {
        make("page loads", seed: seed, minutes: minutes, visitsPerSecond: 8) { user, begin, random in
            var events: [Event] = []
            var at = begin
            var plan = user % 3
            // Most visits are short, some are long: eight pages on the average.
            repeat {
                events.append(.page(user, at: at))
                events.append(.identify(user, plan: plan, at: at + 0.02))
                if Int.random(in: 0..<40, using: &random) == 0 { plan = (plan + 1) % 3 }
                at += Double.random(in: 2..<20, using: &random)
            } while Int.random(in: 0..<8, using: &random) != 0
            return events
        }
    }

    /// Sign-ups: identify, tracks and identifies with more traits in turn, within a few minutes.
    static func funnels(seed: UInt64, minutes: Int) -> Trace {
        make("sign-up funnels", seed: seed, minutes: minutes, visitsPerSecond: 1.5) { user, begin, random in
            var events: [Event] = []
            var at = begin
            var tracks: Int64 = 0
            for step in ["Signed Up", "Email Confirmed", "Profile Completed", "Trial Started", "Invited Teammate"] {
                let identifies = Int.random(in: 1...3, using: &random)
                for _ in 0..<identifies {
                    events.append(.identify(user, plan: 0, at: at))
                    at += Double.random(in: 0.5..<6, using: &random)
                }
                tracks += 1
                events.append(.track(user, step, tracks, at: at))
                at += Double.random(in: 2..<30, using: &random)
                if Int.random(in: 0..<4, using: &random) == 0 { break }
            }
            return events
        }
    }

    private static func make(
        _ name: String,
        seed: UInt64,
        minutes: Int,
        visitsPerSecond: Double,
        visit: (_ user: Int, _ begin: Double, inout SplitMix64) -> [Event]
    ) -> Trace {
        var random = SplitMix64(seed: seed)
        let seconds = Double(minutes * 60)
        var events: [Event] = []
        var at = 0.0
        var user = 0
        while at < seconds {
            events += visit(user, at, &random)
            user += 1
            at += Double.random(in: 0..<(2 / visitsPerSecond), using: &random)
        }
        // The trace ends with its time; a stable order for what happens at once.
        let sorted = events.enumerated().filter { $0.element.at < seconds }
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return Trace(name: name, events: sorted, seconds: seconds)
    }
}

extension Trace.Event {
    private static let plans = ["free", "pro", "team"]

    fileprivate static func page(_ user: Int, at: Double) -> Self {
        Self(at: at, user: user, body: ["type": "page", "userId": .string("user-\(user)")], plan: nil, track: nil)
    }

    fileprivate static func identify(_ user: Int, plan: Int, at: Double) -> Self {
        let traits: JSONValue = [
            "email": .string("user-\(user)@example.com"), "firstName": "Ada", "plan": .string(plans[plan]),
            "company": "Example", "role": "engineer",
        ]
        let body: JSONObject = ["type": "identify", "userId": .string("user-\(user)"), "traits": traits]
        return Self(at: at, user: user, body: body, plan: plans[plan], track: nil)
    }

    fileprivate static func track(_ user: Int, _ event: String, _ number: Int64, at: Double) -> Self {
        let body: JSONObject = [
            "type": "track", "userId": .string("user-\(user)"), "event": .string(event),
            "properties": ["seq": .int(number)],
        ]
        return Self(at: at, user: user, body: body, plan: nil, track: number)
    }
}
