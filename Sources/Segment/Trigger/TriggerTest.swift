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
