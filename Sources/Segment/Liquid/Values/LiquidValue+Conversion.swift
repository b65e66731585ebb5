import JSON

extension LiquidValue {
    /// What an output prints: nothing for nil, arrays without a separator, everything else as `String(x)`.
    var printed: LiquidText {
        switch self {
        case .text(let text): text
        case .list, .jsonArray: LiquidText(units: (elements ?? []).flatMap { $0.printed.units })
        case .undefined, .null, .nilLiteral: LiquidText()
        default: javaScriptText
        }
    }

    /// JavaScript's `String(x)`: arrays joined by commas, objects `[object Object]`.
    var javaScriptText: LiquidText {
        switch self {
        case .undefined: LiquidText("undefined")
        case .null, .nilLiteral: LiquidText("null")
        case .empty, .blank: LiquidText()
        case .bool(let value): LiquidText(value ? "true" : "false")
        case .number(let value): LiquidText(JSONValue.javaScriptText(value))
        case .text(let text): text
        case .list, .jsonArray: Self.join(elements ?? [], separator: LiquidText(","))
        case .object: LiquidText("[object Object]")
        }
    }

    /// JavaScript's `join`: undefined and null are empty, nested arrays are joined by commas. A literal of Liquid in an array is an
    /// object of its own.
    static func join(_ elements: [LiquidValue], separator: LiquidText) -> LiquidText {
        LiquidText.joined(
            elements.map { element in
                switch element {
                case .undefined, .null: LiquidText()
                case .nilLiteral, .empty, .blank: LiquidText("[object Object]")
                default: element.javaScriptText
                }
            },
            separator: separator
        )
    }

    /// JavaScript's `Number(x)`.
    var javaScriptNumber: Double {
        switch self {
        case .undefined, .object: .nan
        case .null, .nilLiteral: 0
        case .empty, .blank: 0
        case .bool(let value): value ? 1 : 0
        case .number(let value): value
        case .text(let text): Self.number(fromText: text)
        case .list, .jsonArray: Self.number(fromText: javaScriptText)
        }
    }

    /// What the number filters count with: 0 for what is no number.
    var countedNumber: Double {
        let number = javaScriptNumber
        return number.isNaN ? 0 : number
    }

    /// How much work it is to read the value once.
    var weight: Int {
        switch self {
        case .text(let text): text.count
        case .list(let values): values.reduce(values.count) { $0 + $1.weight }
        case .jsonArray(let values): values.reduce(values.count) { $0 + Self.weight(of: $1) }
        case .object(let object): object.reduce(object.count) { $0 + $1.key.utf8.count + Self.weight(of: $1.value) }
        default: 1
        }
    }

    private static func weight(of json: JSONValue) -> Int {
        switch json {
        case .string(let string): string.utf8.count
        case .array, .object: LiquidValue(json).weight
        default: 1
        }
    }

    /// JavaScript's text to number: blank is 0, `0x`, `0o` and `0b` are read, anything odd is not a number.
    private static func number(fromText text: LiquidText) -> Double {
        let trimmed = text.trimmed
        if trimmed.isEmpty { return 0 }
        guard trimmed.units.allSatisfy({ $0 < 128 }) else { return .nan }
        let string = trimmed.string
        switch string {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        if string.utf8.count > 2, let radix = radix(ofPrefix: string.prefix(2)) {
            return integer(string.dropFirst(2), radix: radix)
        }
        return isDecimal(trimmed.units) ? Double(string) ?? .nan : .nan
    }

    private static func radix(ofPrefix prefix: Substring) -> Int? {
        switch prefix {
        case "0x", "0X": 16
        case "0o", "0O": 8
        case "0b", "0B": 2
        default: nil
        }
    }

    private static func integer(_ digits: Substring, radix: Int) -> Double {
        var value = 0.0
        for digit in digits.utf16 {
            guard let digitValue = LiquidUnit.hexValue(digit), Int(digitValue) < radix else { return .nan }
            value = value * Double(radix) + Double(digitValue)
        }
        return value
    }

    /// Sign, digits, dot, digits, exponent; `Double.init` alone would also take `nan` and hexadecimal floats.
    private static func isDecimal(_ units: [UInt16]) -> Bool {
        var rest = units[...]
        if let first = rest.first, LiquidUnit.isSign(first) { rest = rest.dropFirst() }
        let whole = rest.prefix(while: LiquidUnit.isDigit)
        rest = rest.dropFirst(whole.count)
        var digits = whole.count
        if rest.first == LiquidUnit.dot {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: LiquidUnit.isDigit)
            rest = rest.dropFirst(fraction.count)
            digits += fraction.count
        }
        guard digits > 0 else { return false }
        guard let letter = rest.first else { return true }
        guard letter == 0x65 || letter == 0x45 else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, LiquidUnit.isSign(sign) { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(LiquidUnit.isDigit)
    }
}
