import JavaScript

extension LiquidValue {
    /// Liquid's `==`: JavaScript's strict equality, arrays by their elements, `empty` and `blank` by what they mean.
    ///
    /// Objects are never equal: JavaScript compares them by identity, and no two places of an event are the same object.
    func equals(_ other: LiquidValue) -> Bool {
        if isLiteral { return Self.literal(self, matches: other) }
        if other.isLiteral { return Self.literal(other, matches: self) }
        switch (self, other) {
        case (.undefined, .undefined), (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.number(let left), .number(let right)): return left == right
        case (.text(let left), .text(let right)): return left == right
        default:
            guard let left = elements, let right = other.elements, left.count == right.count else { return false }
            return zip(left, right).allSatisfy { $0.equals($1) }
        }
    }

    private static func literal(_ literal: LiquidValue, matches other: LiquidValue) -> Bool {
        if case .nilLiteral = literal { return other.isNil }
        if case .blank = literal {
            if other.isNil { return true }
            if case .bool(false) = other { return true }
            if case .text(let text) = other { return text.units.allSatisfy(CodeUnit.isSpace) }
        }
        switch other {
        case .text(let text): return text.isEmpty
        case .list, .jsonArray: return other.elementCount == 0
        case .object(let object): return object.isEmpty
        default: return false
        }
    }

    /// JavaScript's `<`: two texts by their units, everything else by number. Nil literals, `empty` and `blank`: never.
    func isLess(than other: LiquidValue) -> Bool {
        compare(other, texts: { $0.precedes($1) }, numbers: { $0 < $1 })
    }

    func isAtMost(_ other: LiquidValue) -> Bool {
        compare(other, texts: { !$1.precedes($0) }, numbers: { $0 <= $1 })
    }

    /// Liquid's `contains`: an element of an array, or a part of a text.
    func contains(_ item: LiquidValue) -> Bool {
        switch plain {
        case .text(let text): text.firstIndex(of: item.javaScriptText) != nil
        case .list, .jsonArray: (elements ?? []).contains { $0.equals(item) }
        default: false
        }
    }

    private func compare(
        _ other: LiquidValue,
        texts: (LiquidText, LiquidText) -> Bool,
        numbers: (Double, Double) -> Bool
    ) -> Bool {
        if isLiteral || other.isLiteral { return false }
        if let left = textWhenCompared, let right = other.textWhenCompared { return texts(left, right) }
        return numbers(javaScriptNumber, other.javaScriptNumber)
    }

    /// JavaScript turns arrays and objects into text before it compares.
    private var textWhenCompared: LiquidText? {
        switch self {
        case .text(let text): text
        case .list, .jsonArray, .object: javaScriptText
        default: nil
        }
    }
}
