import JSON
import JavaScript

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
        case .text(let text): NumberParser.parse(text.string)
        case .list, .jsonArray: NumberParser.parse(javaScriptText.string)
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
}
