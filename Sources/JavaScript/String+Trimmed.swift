extension String {
    /// JavaScript's `trim()`.
    package var trimmedAsJavaScript: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.isJavaScriptSpace { scalars.removeFirst() }
        while let last = scalars.last, last.isJavaScriptSpace { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension Unicode.Scalar {
    /// All of JavaScript's white space is one UTF-16 unit each.
    package var isJavaScriptSpace: Bool { UInt16(exactly: value).map(CodeUnit.isSpace) ?? false }
}
