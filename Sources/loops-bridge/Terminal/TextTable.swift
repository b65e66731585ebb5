import BridgeService

/// A table as a terminal shows it: columns as wide as they need to be, numbers to the right, control characters replaced.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
        /// Cells are cut to this width.
        var maxWidth = 40
        /// How soon it is left out where there is no room for all: the greatest first, 0 never.
        var rank = 0
    }

    let columns: [Column]
    var rows: [[String]] = []

    /// A column of texts is not cut below this.
    private static let minWidth = 8
    private static let gap = 2

    /// The header and the rows.
    /// - Parameter width: the columns that the terminal has; nil for any number.
    func lines(width: Int? = nil) -> [String] {
        var shown = Array(columns.indices)
        while true {
            let widths = widths(shown, within: width)
            let total = widths.reduce(0, +) + Self.gap * (shown.count - 1)
            let least = shown.filter { columns[$0].rank > 0 }.max { columns[$0].rank < columns[$1].rank }
            guard let width, total > width, let least else { return lines(shown, widths, width) }
            shown.removeAll { $0 == least }
        }
    }

    private func lines(_ shown: [Int], _ widths: [Int], _ width: Int?) -> [String] {
        ([columns.map(\.title)] + rows).map { row in
            let cells = zip(shown, widths).map { index, width in
                let cell = row[index].shown.cut(to: width)
                let space = String(repeating: " ", count: width - cell.count)
                return columns[index].isNumber ? space + cell : cell + space
            }
            let line = cells.joined(separator: String(repeating: " ", count: Self.gap)).trimmingEnd
            return width.map { line.cut(to: $0) } ?? line
        }
    }

    /// What each column needs, and less for those of texts where there is too little room, the widest first.
    private func widths(_ shown: [Int], within width: Int?) -> [Int] {
        var widths = shown.map { index in
            let cells = rows.map { min($0[index].shown.count, columns[index].maxWidth) }
            return max(columns[index].title.count, cells.max() ?? 0)
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (shown.count - 1) - width
        while excess > 0 {
            let cuttable = widths.indices.filter {
                !columns[shown[$0]].isNumber && widths[$0] > max(Self.minWidth, columns[shown[$0]].title.count)
            }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var view = self[...]
        while view.last == " " { view.removeLast() }
        return String(view)
    }
}
