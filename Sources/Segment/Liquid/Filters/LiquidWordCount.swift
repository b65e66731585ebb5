/// How many words a text has.
enum LiquidWordCount {
    /// `cjk` counts every Chinese, Japanese or Korean character as a word, `auto` does so if there is one.
    static func count(_ text: LiquidText, mode: LiquidValue) -> Int {
        let text = text.trimmed
        if text.isEmpty { return 0 }
        guard case .text(let name) = mode else { return text.splitAtSpaces().count }
        let characters = text.units.count(where: isIdeograph)
        switch name.string {
        case "cjk": return characters + otherWords(text)
        case "auto" where characters > 0: return characters + otherWords(text)
        default: return text.splitAtSpaces().count
        }
    }

    private static func otherWords(_ text: LiquidText) -> Int {
        text.units.split { isIdeograph($0) || LiquidUnit.isSpace($0) }.count
    }

    private static func isIdeograph(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF: true
        default: false
        }
    }
}
