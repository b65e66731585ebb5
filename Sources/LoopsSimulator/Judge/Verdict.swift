/// What a check found.
package struct Verdict: Sendable, Equatable {
    static let findingsMaximum = 100

    package let check: String
    /// How many things were looked at; a check of nothing proves nothing.
    package var examined = 0
    package private(set) var violations = 0
    /// The first hundred, in words.
    package private(set) var findings: [String] = []

    package init(check: String) {
        self.check = check
    }

    /// Nothing wrong was found, and there was something to look at.
    package var isPassed: Bool { violations == 0 && examined > 0 }

    mutating func fail(_ finding: @autoclosure () -> String) {
        violations += 1
        if findings.count < Verdict.findingsMaximum { findings.append(finding()) }
    }
}
