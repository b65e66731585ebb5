import JSON

/// What a condition asks of the value of its field. `nil` is JavaScript's `undefined`.
enum TriggerTest: Sendable, Equatable {
    enum Order: Sendable { case less, lessOrEqual, greater, greaterOrEqual }
    enum Part: Sendable { case start, end, middle }

    case isText(String)
    /// True for everything that is not this text, also for a missing field.
    case isNotText(String)
    case isNumber(Double)
    /// False for everything that is not a number.
    case isOtherNumber(Double)
    case isTrue
    case isFalse
    case isPresent
    case isAbsent
    /// Both sides numbers, else false; nil is a right side that is none.
    case compares(Order, Double?)
    /// A text that has, or with `isNegated` has not, this part; false for everything that is not a text.
    case hasPart(Part, String, isNegated: Bool)

    func passes(_ value: JSONValue?) -> Bool {
        switch self {
        case .isText(let text): value.isText(text)
        case .isNotText(let text): !value.isText(text)
        case .isNumber(let number): value?.doubleValue.map { $0 == number } ?? false
        case .isOtherNumber(let number): value?.doubleValue.map { $0 != number } ?? false
        case .isTrue: value?.boolValue == true
        case .isFalse: value?.boolValue == false
        case .isPresent: !value.isNothing
        case .isAbsent: value.isNothing
        case .compares(let order, let limit):
            if let limit, let number = value?.doubleValue { order.holds(number, limit) } else { false }
        case .hasPart(let part, let text, let isNegated):
            if case .string(let whole)? = value { part.isFound(text, in: whole) != isNegated } else { false }
        }
    }
}

extension TriggerTest.Order {
    fileprivate func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

extension TriggerTest.Part {
    fileprivate func isFound(_ part: String, in whole: String) -> Bool {
        switch self {
        case .start: whole.startsWithBytes(of: part)
        case .end: whole.endsWithBytes(of: part)
        case .middle: whole.containsBytes(of: part)
        }
    }
}

extension JSONValue? {
    fileprivate func isText(_ text: String) -> Bool {
        if case .string(let own)? = self { own.hasSameBytes(as: text) } else { false }
    }

    fileprivate var isNothing: Bool { self?.isNull ?? true }
}

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
