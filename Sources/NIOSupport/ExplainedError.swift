/// An error that says what to do about it.
package protocol ExplainedError: Error, CustomStringConvertible {
    /// What happened, and to what.
    var problem: String { get }
    /// What to do, as a sentence without its full stop; nil when that is up to the caller.
    var advice: String? { get }
}

extension ExplainedError {
    package var description: String { advice.map { "\(problem). \($0)" } ?? problem }
}
