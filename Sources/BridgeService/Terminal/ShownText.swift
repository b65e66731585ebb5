import JSON

extension String {
    /// What a terminal may show of it, on one line: what could do more than be shown, or less, is replaced.
    package var shown: String { visible { $0 == "\n" || $0 == "\t" ? " " : "\u{FFFD}" } }

    /// As ``shown``, but of as many lines as it has.
    package var shownLines: String { visible { $0 == "\n" || $0 == "\t" ? $0 : "\u{FFFD}" } }

    private func visible(_ replacement: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isInvisible ? replacement($0) : $0 }))
    }

    /// Cut to a width, with a mark where it was.
    package func cut(to width: Int) -> String { count <= width ? self : String(prefix(max(0, width - 1))) + "…" }
}
