extension LiquidText {
    /// Where the pattern begins, first to last, never overlapping.
    ///
    /// Knuth, Morris and Pratt: the time is linear whatever an event holds, which the limits rely on.
    func occurrences(of pattern: LiquidText, atMost limit: Int = .max) -> [Int] {
        guard !pattern.isEmpty, pattern.count <= count, limit > 0 else { return [] }
        let fallback = Self.fallbackTable(pattern.units)
        var found: [Int] = []
        var matched = 0
        for (offset, unit) in units.enumerated() {
            while matched > 0, pattern.units[matched] != unit { matched = fallback[matched - 1] }
            if pattern.units[matched] == unit { matched += 1 }
            if matched == pattern.count {
                found.append(offset + 1 - matched)
                matched = 0
                if found.count == limit { break }
            }
        }
        return found
    }

    /// Where the pattern first begins; an empty one begins at once.
    func firstIndex(of pattern: LiquidText) -> Int? {
        pattern.isEmpty ? 0 : occurrences(of: pattern, atMost: 1).first
    }

    /// Where the pattern last begins, overlaps included; an empty one begins at the end.
    func lastIndex(of pattern: LiquidText) -> Int? {
        guard !pattern.isEmpty else { return count }
        let backward = LiquidText(units.reversed())
        return backward.firstIndex(of: LiquidText(pattern.units.reversed())).map { count - $0 - pattern.count }
    }

    /// JavaScript's `split` with a text: an empty separator gives the single units.
    func split(separator: LiquidText) -> [LiquidText] {
        guard !separator.isEmpty else { return units.map { LiquidText(units: [$0]) } }
        var parts: [LiquidText] = []
        var start = 0
        for index in occurrences(of: separator) {
            parts.append(LiquidText(units[start..<index]))
            start = index + separator.count
        }
        parts.append(LiquidText(units[start...]))
        return parts
    }

    func replacing(at index: Int, count length: Int, with replacement: LiquidText) -> LiquidText {
        LiquidText(units: Array(units[..<index]) + replacement.units + Array(units[(index + length)...]))
    }

    static func joined(_ parts: [LiquidText], separator: LiquidText) -> LiquidText {
        var result = LiquidText()
        for (index, part) in parts.enumerated() {
            if index > 0 { result.units += separator.units }
            result.units += part.units
        }
        return result
    }

    private static func fallbackTable(_ pattern: [UInt16]) -> [Int] {
        var table = [Int](repeating: 0, count: pattern.count)
        var matched = 0
        for index in pattern.indices.dropFirst() {
            while matched > 0, pattern[matched] != pattern[index] { matched = table[matched - 1] }
            if pattern[matched] == pattern[index] { matched += 1 }
            table[index] = matched
        }
        return table
    }
}
