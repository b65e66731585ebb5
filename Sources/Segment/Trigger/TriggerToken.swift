/// A word of a trigger and where it begins.
struct TriggerToken: Equatable {
    enum Kind: Equatable {
        /// A dotted name, its escapes resolved; `keys` are its parts.
        case name(keys: [String])
        case text(String)
        case number(Double)
        case comparison(TriggerComparison)
        case not
        case open
        case close
        case comma
        case end
    }

    let kind: Kind
    /// 1-based, in Unicode scalars.
    let column: Int
    /// The column behind the word's last scalar.
    let endColumn: Int
    /// Whether it is a text in `'`.
    var isSingleQuoted = false
}

enum TriggerComparison: String, Sendable {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

extension TriggerToken.Kind {
    /// What an error calls the word.
    var label: String {
        switch self {
        case .name(let keys): "'\(keys.joined(separator: "."))'"
        case .text(let text): "the text \"\(text)\""
        case .number: "a number"
        case .comparison(let comparison): "'\(comparison.rawValue)'"
        case .not: "'!'"
        case .open: "'('"
        case .close: "')'"
        case .comma: "','"
        case .end: "the end"
        }
    }
}
