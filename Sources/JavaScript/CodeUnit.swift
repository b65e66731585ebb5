/// Classes of UTF-16 units, of which JavaScript's texts are made.
package enum CodeUnit {
    package static let zero: UInt16 = 0x30
    static let openParenthesis: UInt16 = 0x28
    static let closeParenthesis: UInt16 = 0x29

    package static func isDigit(_ unit: UInt16) -> Bool { (0x30...0x39).contains(unit) }

    /// White space and line ends of ECMAScript, U+FEFF among them: `\s` of its expressions, and what `trim()` removes.
    package static func isSpace(_ unit: UInt16) -> Bool {
        switch unit {
        case 0x09...0x0D, 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }
}
