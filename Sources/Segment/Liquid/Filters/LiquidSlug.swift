import JavaScript

/// Text as part of an address: everything but letters and digits becomes hyphens.
enum LiquidSlug {
    /// The second argument keeps capitals; the first is the mode: default, raw, pretty, ascii, latin or none.
    static func make(_ input: LiquidFilterInput) -> LiquidText {
        let mode = input.argument(0, default: .text("default")).javaScriptText.string
        var slug = mode == "latin" ? withoutAccents(input.text) : input.text
        if let isKept = rule(for: mode) {
            slug = trimmedOnce(hyphenated(slug, keeping: isKept))
        }
        return input.argument(1).isTruthyInJavaScript ? slug : slug.lowercased
    }

    private static func rule(for mode: String) -> ((Unicode.Scalar?) -> Bool)? {
        switch mode {
        case "default", "latin": isLetterOrDigit
        case "raw": { $0.map { !(UInt16(exactly: $0.value).map(CodeUnit.isSpace) ?? false) } ?? true }
        case "pretty": { isLetterOrDigit($0) || $0.map { "._~!$&'()+,;=@".unicodeScalars.contains($0) } ?? false }
        case "ascii": { $0.map { $0.isASCII && isLetterOrDigit($0) } ?? false }
        default: nil
        }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar?) -> Bool {
        switch scalar?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default: false
        }
    }

    private static func hyphenated(_ text: LiquidText, keeping isKept: (Unicode.Scalar?) -> Bool) -> LiquidText {
        var result = LiquidText()
        var offset = 0
        var inGap = false
        for scalar in text.scalars {
            let width = scalar.map { UTF16.width($0) } ?? 1
            if isKept(scalar) {
                result.units += text.units[offset..<offset + width]
                inGap = false
            } else if !inGap {
                result.units.append(LiquidUnit.minus)
                inGap = true
            }
            offset += width
        }
        return result
    }

    private static func trimmedOnce(_ text: LiquidText) -> LiquidText {
        var units = text.units[...]
        if units.first == LiquidUnit.minus { units = units.dropFirst() }
        if units.last == LiquidUnit.minus { units = units.dropLast() }
        return LiquidText(units)
    }

    private static let accents: [(letters: String, plain: String)] = [
        ("àáâãäå", "a"), ("æ", "ae"), ("ç", "c"), ("èéêë", "e"), ("ìíîï", "i"), ("ð", "d"), ("ñ", "n"),
        ("òóôõöø", "o"), ("ùúûü", "u"), ("ýÿ", "y"), ("ß", "ss"), ("œ", "oe"), ("þ", "th"), ("ẞ", "SS"),
        ("Œ", "OE"), ("Þ", "TH"),
    ]

    private static let plainLetters: [UInt16: [UInt16]] = {
        var table: [UInt16: [UInt16]] = [:]
        for (letters, plain) in accents {
            for letter in letters.utf16 { table[letter] = Array(plain.utf16) }
        }
        return table
    }()

    private static func withoutAccents(_ text: LiquidText) -> LiquidText {
        LiquidText(text.units.flatMap { plainLetters[$0] ?? [$0] })
    }
}
