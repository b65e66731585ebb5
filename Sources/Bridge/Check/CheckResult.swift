/// One thing that was looked at before the bridge runs, and how it stands.
public struct CheckResult: Sendable, Equatable {
    public enum Verdict: String, Sendable {
        case ok
        /// It works, and may not always.
        case warning
        /// The bridge would not work like this.
        case fault
    }

    public let verdict: Verdict
    /// What was looked at: `redis`, a stream's name, `loops`.
    public let subject: String
    /// How it stands.
    public let text: String
    /// What to do; nil when nothing is to be done.
    public let advice: String?

    public init(_ verdict: Verdict, _ subject: String, _ text: String, advice: String? = nil) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
        self.advice = advice
    }
}
