import JSON

/// Steps from a value to one inside it, split once so that a walk does not allocate.
///
/// Walks as JavaScript's `previous && previous[key]` does: `null`, `false`, `0` and `""` on the way are the answer, a
/// missing key is undefined. Array elements and text units are reached by their index, and both have a `length`.
struct EventPath: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        let key: String
        /// The array index that `key` spells, if it does.
        let index: Int?

        /// Whether `key` is the count that arrays and texts have.
        var isLength: Bool { key.hasSameBytes(as: "length") }

        init(_ key: String) {
            self.key = key
            self.index = Self.index(spelled: key)
        }

        /// The index that JavaScript takes `key` for: digits without leading zeros.
        private static func index(spelled key: String) -> Int? {
            let digits = key.utf8
            guard (1...15).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
                return nil
            }
            var index = 0
            for digit in digits {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                index = index * 10 + Int(digit - UInt8(ascii: "0"))
            }
            return index
        }
    }

    let steps: [Step]

    init(keys: [String]) {
        self.steps = keys.map(Step.init)
    }

    /// The value at the end of the path, or nil for JavaScript's `undefined`.
    func value(in root: JSONValue?) -> JSONValue? {
        guard var value = root else { return nil }
        for step in steps {
            guard value.isTruthy else { return value }
            guard let next = value.member(step) else { return nil }
            value = next
        }
        return value
    }
}

extension JSONValue {
    fileprivate func member(_ step: EventPath.Step) -> JSONValue? {
        // No `? :` with nil here: the literal would be JSON's null.
        switch self {
        case .object(let object): return object[step.key]
        case .array(let elements):
            if let index = step.index, index < elements.count { return elements[index] }
            if step.isLength { return .int(Int64(elements.count)) }
        case .string(let text):
            if let index = step.index { return text.unit(at: index).map(JSONValue.string) }
            if step.isLength { return .int(Int64(text.utf16.count)) }
        case .null, .bool, .int, .uint, .double: break
        }
        return Optional.none
    }
}

extension String {
    /// The UTF-16 unit at `index` as a text of its own; half of a surrogate pair becomes U+FFFD.
    fileprivate func unit(at index: Int) -> String? {
        guard let position = utf16.index(utf16.startIndex, offsetBy: index, limitedBy: utf16.endIndex),
            position < utf16.endIndex
        else { return nil }
        return String(decoding: CollectionOfOne(utf16[position]), as: UTF16.self)
    }
}
