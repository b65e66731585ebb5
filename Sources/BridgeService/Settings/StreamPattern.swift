/// Names of streams in one word: `segment:events:{0..3}` stands for `segment:events:{0}` to `segment:events:{3}`, which the intake spreads events over.
///
/// A value: the text goes in, names come out.
package enum StreamPattern {
    /// More are no streams of one intake.
    static let namesMax = 1024

    /// - Returns: the text itself where it is no pattern; nil for a pattern that makes no sense.
    package static func names(_ text: String) -> [String]? {
        guard let open = text.lastIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else { return [text] }
        let inner = text[text.index(after: open)..<close]
        guard let dots = inner.firstRange(of: ".."), let first = number(inner[..<dots.lowerBound]),
            let last = number(inner[dots.upperBound...])
        else { return [text] }
        guard first <= last, last - first < namesMax else { return nil }
        return (first...last).map { "\(text[...open])\($0)\(text[close...])" }
    }

    private static func number(_ text: Substring) -> Int? {
        text.isEmpty || !text.allSatisfy { $0.isASCII && $0.isNumber } || text.utf8.count > 6 ? nil : Int(text)
    }
}
