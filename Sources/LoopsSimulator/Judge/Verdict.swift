/// What a check found.
public struct Verdict: Sendable, Equatable {
    static let findingsMaximum = 100

    public let check: String
    /// How many things were looked at; a check of nothing proves nothing.
    public var examined = 0
    public private(set) var violations = 0
    /// The first hundred, in words.
    public private(set) var findings: [String] = []

    public init(check: String) {
        self.check = check
    }

    /// Nothing wrong was found, and there was something to look at.
    public var isPassed: Bool { violations == 0 && examined > 0 }

    mutating func fail(_ finding: @autoclosure () -> String) {
        violations += 1
        if findings.count < Verdict.findingsMaximum { findings.append(finding()) }
    }
}
