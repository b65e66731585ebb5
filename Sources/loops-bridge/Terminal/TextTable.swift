/// A table as a terminal shows it: columns as wide as they need to be, numbers to the right, control characters replaced.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
        /// Cells are cut to this width.
        var maxWidth = 40
    }

    let columns: [Column]
    var rows: [[String]] = []

    /// The header and the rows.
    var lines: [String] {
        let cells = rows.map { row in zip(row, columns).map { $0.shown.cut(to: $1.maxWidth) } }
        let widths = columns.indices.map { index in
            max(columns[index].title.count, cells.map { $0[index].count }.max() ?? 0)
        }
        return ([columns.map(\.title)] + cells).map { row in
            let padded = row.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - row[index].count)
                return columns[index].isNumber ? space + row[index] : row[index] + space
            }
            return padded.joined(separator: "  ").trimmingEnd
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var view = self[...]
        while view.last == " " { view.removeLast() }
        return String(view)
    }
}
