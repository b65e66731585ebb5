/// What somebody who wrote an unknown name probably meant.
package enum NearestMatch {
    /// The candidate that is at most a third of the name's length away in single edits, or nil. Case does not count.
    package static func nearest(to name: String, in candidates: [String]) -> String? {
        nearest(to: name, in: candidates) { max(1, min($0, $1) / 3) }
    }

    /// The candidate that is at most so many single edits away, or nil. Case does not count.
    package static func nearest(to name: String, in candidates: [String], atMost edits: Int) -> String? {
        nearest(to: name, in: candidates) { _, _ in edits }
    }

    /// - Parameter limit: the most edits, by the lengths of the name and the candidate.
    private static func nearest(
        to name: String,
        in candidates: [String],
        within limit: (_ name: Int, _ candidate: Int) -> Int
    ) -> String? {
        let name = Array(name.lowercased().utf8.prefix(maxLength))
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let distance = distance(name, Array(candidate.lowercased().utf8))
            guard distance <= limit(name.count, candidate.utf8.count) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
        }
        return best?.candidate
    }

    /// Of a longer name, whoever wrote it, only the beginning is compared: the time is that of the product of both lengths.
    private static let maxLength = 64

    /// What to write instead, for the end of a sentence about an unknown name: the nearest candidate, or all of them.
    /// - Parameter quote: what stands around the nearest candidate.
    package static func hint(for name: String, in candidates: [String], quote: String = "'") -> String {
        nearest(to: name, in: candidates).map { "did you mean \(quote)\($0)\(quote)?" }
            ?? "known are \(candidates.joined(separator: ", "))"
    }

    /// Levenshtein's distance, a swap of two neighbours counting once.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    previous[column + 1] + 1,
                    current[column] + 1,
                    previous[column] + (byte == other ? 0 : 1)
                )
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
