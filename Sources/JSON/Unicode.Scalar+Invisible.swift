extension Unicode.Scalar {
    /// Whether a reader does not see it, or it changes how others are shown: control characters, line and paragraph separators, marks of direction
    /// (bidi), zero-width characters and fillers. What chooses between two forms of one character, as emoji have it, is none.
    package var isInvisible: Bool {
        // Nearly all text is ASCII.
        if value < 0x7F { return value < 0x20 }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
        }
    }
}
