/// One thing that was looked at before the bridge runs, and how it stands.
package struct CheckResult: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case ok
        /// It works, and may not always.
        case warning
        /// The bridge would not work like this.
        case fault
    }

    package let verdict: Verdict
    /// What was looked at: `redis`, a stream's name, `loops`.
    package let subject: String
    /// How it stands.
    package let text: String
    /// What to do; nil when nothing is to be done.
    package let advice: String?

    package init(_ verdict: Verdict, _ subject: String, _ text: String, advice: String? = nil) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
        self.advice = advice
    }
}
