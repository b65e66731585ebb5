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

/// Splits the text of a trigger into words.
struct TriggerLexer {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
    }

    static func tokens(of text: String) throws(TriggerError) -> [TriggerToken] {
        var lexer = TriggerLexer(text)
        var tokens: [TriggerToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(TriggerError) -> TriggerToken {
        while let scalar = peek, scalar.properties.isWhitespace { at += 1 }
        let column = at + 1
        guard let scalar = peek else { return TriggerToken(kind: .end, column: column, endColumn: column) }
        let kind = try kind(startingWith: scalar, column: column)
        return TriggerToken(kind: kind, column: column, endColumn: at + 1, isSingleQuoted: scalar == "'")
    }

    private mutating func kind(
        startingWith scalar: Unicode.Scalar,
        column: Int
    ) throws(TriggerError) -> TriggerToken.Kind {
        switch scalar {
        case "(": return advance(to: .open)
        case ")": return advance(to: .close)
        case ",": return advance(to: .comma)
        case "\"", "'": return .text(try text(until: scalar, column: column))
        case "=", "<", ">", "!": return try comparison(startingWith: scalar, column: column)
        case "+", "-", "0"..."9": return .number(try number(column: column))
        case "[", "]":
            throw error(
                column,
                "array elements cannot be reached in a trigger",
                hint: "test them in the mapping instead"
            )
        case let letter where letter.isNamePart || letter == "\\": return .name(keys: try name())
        default: throw unknown(scalar, column: column)
        }
    }

    private mutating func advance(to kind: TriggerToken.Kind) -> TriggerToken.Kind {
        at += 1
        return kind
    }

    private mutating func comparison(
        startingWith scalar: Unicode.Scalar,
        column: Int
    ) throws(TriggerError) -> TriggerToken.Kind {
        at += 1
        let hasEqualSign = peek == "="
        if hasEqualSign, scalar != "=" { at += 1 }
        switch scalar {
        case "<": return .comparison(hasEqualSign ? .lessOrEqual : .less)
        case ">": return .comparison(hasEqualSign ? .greaterOrEqual : .greater)
        case "!": return hasEqualSign ? .comparison(.notEqual) : .not
        default:
            if hasEqualSign { throw error(column, "'==' is not a comparison", hint: "write '='") }
            return .comparison(.equal)
        }
    }

    /// A text in quotes. A backslash has no meaning inside, so a text holds one kind of quote at the most.
    private mutating func text(until quote: Unicode.Scalar, column: Int) throws(TriggerError) -> String {
        at += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            at += 1
            if scalar == quote { return String(text) }
            text.append(scalar)
        }
        throw error(column, "the text that begins here does not end", hint: "add the closing \(quote)")
    }

    private mutating func number(column: Int) throws(TriggerError) -> Double {
        var digits = ""
        if let sign = peek, sign == "-" || sign == "+" {
            if sign == "-" { digits = "-" }
            at += 1
        }
        var hasPoint = false
        while let scalar = peek, ("0"..."9").contains(scalar) || (scalar == "." && !hasPoint) {
            hasPoint = hasPoint || scalar == "."
            digits.unicodeScalars.append(scalar)
            at += 1
        }
        let ends = peek.map { !$0.isNamePart && $0 != "." } ?? true
        guard ends, digits.last?.isNumber == true, let number = Double(digits) else {
            throw error(column, "this is not a number", hint: "write 1, -1 or 3.14; a name cannot begin with a digit")
        }
        return number
    }

    /// Letters, digits, `_` and `-`, in parts joined by dots; a backslash takes any character in.
    private mutating func name() throws(TriggerError) -> [String] {
        var keys: [String] = []
        while true {
            var key = String.UnicodeScalarView()
            let start = at
            while let scalar = peek {
                if scalar == "\\" {
                    at += 1
                    guard let escaped = peek else {
                        throw error(at, "a backslash needs a character behind it", hint: nil)
                    }
                    key.append(escaped)
                } else if scalar.isNamePart {
                    key.append(scalar)
                } else {
                    break
                }
                at += 1
            }
            if key.isEmpty { throw emptyName(column: start + 1) }
            // Segment splits the path again where an escape put a dot or a bracket.
            keys += String(key).split { ".[]".contains($0) }.map(String.init)
            guard peek == "." else { return keys }
            at += 1
            if let digit = peek, ("0"..."9").contains(digit) {
                throw error(
                    at + 1,
                    "array elements cannot be reached in a trigger",
                    hint: "test them in the mapping instead"
                )
            }
        }
    }

    private func emptyName(column: Int) -> TriggerError {
        if let scalar = peek, !scalar.isASCII { return unknown(scalar, column: column) }
        return error(column, "a name is missing behind the dot", hint: nil)
    }

    private func unknown(_ scalar: Unicode.Scalar, column: Int) -> TriggerError {
        error(
            column,
            "'\(scalar)' means nothing here",
            hint: scalar.isASCII ? nil : "in a name, write a backslash before it; a text needs quotes"
        )
    }

    private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func error(_ column: Int, _ reason: String, hint: String?) -> TriggerError {
        TriggerError(column: column, reason: reason, hint: hint)
    }
}

extension Unicode.Scalar {
    /// Whether it stands in a name without a backslash.
    var isNamePart: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
