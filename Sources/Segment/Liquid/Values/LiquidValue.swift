import JSON

/// What a Liquid expression can be: JavaScript's values, and Liquid's own literals.
enum LiquidValue: Sendable {
    case undefined
    case null
    /// The literals `nil` and `null`, which equal both a missing and a null value.
    case nilLiteral
    case empty
    case blank
    case bool(Bool)
    case number(Double)
    case text(LiquidText)
    /// An array that a range or a filter made.
    case list([LiquidValue])
    /// An array of the event, kept as it is until something looks inside.
    case jsonArray([JSONValue])
    case object(JSONObject)

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .number(Double(value))
        case .uint(let value): self = .number(Double(value))
        case .double(let value): self = .number(value)
        case .string(let value): self = .text(LiquidText(value))
        case .array(let values): self = .jsonArray(values)
        case .object(let object): self = .object(object)
        }
    }

    static func text(_ string: String) -> LiquidValue { .text(LiquidText(string)) }
}

extension LiquidValue {
    /// One of Liquid's own literals, which compare by rules of their own and are never ordered.
    var isLiteral: Bool {
        switch self {
        case .nilLiteral, .empty, .blank: true
        default: false
        }
    }

    /// The value with Liquid's literals as JavaScript values: `nil` is null, `empty` and `blank` are empty text.
    var plain: LiquidValue {
        switch self {
        case .nilLiteral: .null
        case .empty, .blank: .text(LiquidText())
        default: self
        }
    }

    var isObjectOrArray: Bool {
        switch self {
        case .object, .list, .jsonArray: true
        default: false
        }
    }

    var isNil: Bool {
        switch self {
        case .undefined, .null, .nilLiteral: true
        default: false
        }
    }

    /// The elements of an array, nil for everything else.
    var elements: [LiquidValue]? {
        switch self {
        case .list(let values): values
        case .jsonArray(let values): values.map { LiquidValue($0) }
        default: nil
        }
    }

    var elementCount: Int? {
        switch self {
        case .list(let values): values.count
        case .jsonArray(let values): values.count
        default: nil
        }
    }

    func element(at index: Int) -> LiquidValue {
        switch self {
        case .list(let values) where values.indices.contains(index): values[index]
        case .jsonArray(let values) where values.indices.contains(index): LiquidValue(values[index])
        default: .undefined
        }
    }

    /// What filters over lists take: nothing for nil, one item for everything that is no array.
    var asList: [LiquidValue] {
        if isNil { return [] }
        return elements ?? [plain]
    }

    /// Only nil and false are falsy in Liquid.
    var isTruthy: Bool {
        switch self {
        case .undefined, .null, .nilLiteral, .bool(false): false
        default: true
        }
    }

    /// JavaScript's truthiness, which liquidjs uses in a few places.
    var isTruthyInJavaScript: Bool {
        switch self {
        case .undefined, .null, .bool(false): false
        case .number(let number): !(number == 0 || number.isNaN)
        case .text(let text): !text.isEmpty
        default: true
        }
    }
}
