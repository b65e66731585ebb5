/// Comparison by UTF-8 bytes, which is what JavaScript's comparison by UTF-16 units comes to for valid text. Swift's own
/// follows canonical equivalence, by which two texts of different units may be equal.
extension String {
    func startsWithBytes(of prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    func endsWithBytes(of suffix: String) -> Bool {
        let count = utf8.count
        let suffixCount = suffix.utf8.count
        return suffixCount <= count && utf8.dropFirst(count - suffixCount).elementsEqual(suffix.utf8)
    }

    func containsBytes(of part: String) -> Bool {
        let partCount = part.utf8.count
        guard let first = part.utf8.first else { return true }
        var rest = utf8[...]
        while rest.count >= partCount, let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: part.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
