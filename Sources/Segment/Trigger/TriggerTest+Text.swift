import JSON

extension TriggerTest {
    /// The condition in the trigger's language.
    func text(of field: TriggerField) -> String {
        let name = field.text
        return switch self {
        case .isText(let text): "\(name) = \(Self.quoted(text))"
        case .isNotText(let text): "\(name) != \(Self.quoted(text))"
        case .isNumber(let number): "\(name) = \(JSONValue.javaScriptText(number))"
        case .isOtherNumber(let number): "\(name) != \(JSONValue.javaScriptText(number))"
        case .isTrue: "\(name) = true"
        case .isFalse: "\(name) = false"
        case .isPresent: "\(name) != null"
        case .isAbsent: "\(name) = null"
        case .compares(let order, let limit): "\(name) \(order.text) \(limit.map(JSONValue.javaScriptText) ?? "NaN")"
        case .hasPart(let part, let text, let isNegated): (isNegated ? "!" : "") + Self.call(part, text, of: name)
        }
    }

    private static func call(_ part: Part, _ text: String, of name: String) -> String {
        switch part {
        case .start: "match(\(name), \(quoted(text + "*")))"
        case .end: "match(\(name), \(quoted("*" + text)))"
        case .middle: "contains(\(name), \(quoted(text)))"
        }
    }

    /// A text holds one kind of quote at the most, so that the other one is free.
    private static func quoted(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "\"")) ? "'\(text)'" : "\"\(text)\""
    }
}

extension TriggerTest.Order {
    fileprivate var text: String {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

extension TriggerField {
    /// The field as a trigger writes it.
    fileprivate var text: String {
        ([root.rawValue] + path.steps.map { Self.escaped($0.key) }).joined(separator: ".")
    }

    private static func escaped(_ key: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in key.unicodeScalars {
            if !scalar.isNamePart { text.append("\\") }
            text.append(scalar)
        }
        return String(text)
    }
}
