/// A piece of a template: plain text, an output `{{ }}`, or a tag `{% %}`.
struct LiquidToken {
    enum Kind: Equatable {
        case text
        case output
        /// A tag's name; its arguments are the content.
        case tag(String)
    }

    let kind: Kind
    /// The whole piece with its delimiters.
    let range: Range<Int>
    /// What stands between the delimiters, blanks at both ends removed; for a tag what follows its name.
    let content: Range<Int>
    let trimsBefore: Bool
    let trimsAfter: Bool
    /// How much of a text the tags around it trim away.
    var cutAtStart = 0
    var cutAtEnd = 0

    static func text(_ range: Range<Int>) -> LiquidToken {
        LiquidToken(kind: .text, range: range, content: range, trimsBefore: false, trimsAfter: false)
    }

    /// What is left of a text after trimming.
    var kept: Range<Int> {
        let start = range.lowerBound + cutAtStart
        return start..<max(start, range.upperBound - cutAtEnd)
    }

    func isTag(_ name: String) -> Bool { kind == .tag(name) }
}
