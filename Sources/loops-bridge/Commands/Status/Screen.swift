/// A text that is looked at again and again, on one screen: nothing scrolls, so what stands first stays on top.
enum Screen {
    /// - Parameter rows: of the terminal.
    /// - Returns: the lines that fit, with one that says how many do not; the last row stays free for the cursor.
    static func fitting(_ lines: [String], rows: Int?) -> [String] {
        guard let rows, lines.count > rows - 1 else { return lines }
        let shown = max(1, rows - 2)
        return lines.prefix(shown) + ["… \(lines.count - shown) more lines, in a higher window"]
    }
}
