import JSON

/// Triggers that this bridge reads as they are written and Segment does not: for Segment they match nothing, or something
/// else. Whoever moves a trigger between the two has to know.
enum SegmentSpelling {
    /// One sentence for each kind of difference, with the column of the first place.
    static func warnings(of tokens: [TriggerToken]) -> [String] {
        var columns: [Difference: Int] = [:]
        for (index, token) in tokens.enumerated() {
            let before = index > 0 ? tokens[index - 1] : nil
            let behind = index + 1 < tokens.count ? tokens[index + 1] : nil
            guard let difference = difference(of: token, before: before, behind: behind) else { continue }
            if columns[difference] == nil { columns[difference] = token.column }
        }
        return Difference.allCases.compactMap { difference in
            columns[difference].map { "Segment reads this otherwise: column \($0): \(difference.reason)" }
        }
    }

    private enum Difference: CaseIterable {
        case singleQuotes
        case operatorWithoutBlanks
        case orBeforeParenthesis
        case oddName

        var reason: String {
            switch self {
            case .singleQuotes: "it knows no texts in single quotes, and compares with something else; write \""
            case .operatorWithoutBlanks:
                "it needs a blank on both sides of an operator, and matches nothing without them"
            case .orBeforeParenthesis: "without a blank behind it, it takes 'or(' for 'and ('"
            case .oddName: "it takes no names that are 'and', 'or' or 'null', or that begin with '-'"
            }
        }
    }

    private static func difference(
        of token: TriggerToken,
        before: TriggerToken?,
        behind: TriggerToken?
    ) -> Difference? {
        switch token.kind {
        case .text: token.isSingleQuoted ? .singleQuotes : nil
        case .comparison:
            before?.endColumn == token.column || behind?.column == token.endColumn ? .operatorWithoutBlanks : nil
        case .name(let keys):
            if keys == ["or"], behind?.kind == .open, behind?.column == token.endColumn {
                .orBeforeParenthesis
            } else {
                keys.dropFirst().contains(where: isOdd) ? .oddName : nil
            }
        case .number, .not, .open, .close, .comma, .end: nil
        }
    }

    private static func isOdd(_ key: String) -> Bool {
        ["and", "or", "null"].contains { key.hasSameBytes(as: $0) } || key.utf8.first == UInt8(ascii: "-")
    }
}
