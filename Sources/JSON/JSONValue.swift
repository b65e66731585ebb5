/// One JSON value, as RFC 8259 knows them, with integers kept apart from fractions.
///
/// Equality is structural: `int(1)` and `double(1)` differ. ``isNumericallyEqual(to:)`` compares as JavaScript would.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Only for integers above `Int64.max`; a smaller one is always an ``int(_:)`` when it comes from the parser.
    case uint(UInt64)
    /// A number with a fraction or an exponent, `-0`, or an integer beyond 64 bits.
    ///
    /// May be infinite when the text overflowed (as JavaScript's `JSON.parse`); non-finite numbers are written `null`.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: CustomStringConvertible {
    /// The compact JSON text.
    package var description: String { jsonText }
}

extension JSONValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .int(value) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .double(value) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension JSONObject {
    /// The members as JavaScript enumerates them: array indices first, ascending, then the others as they are.
    package var inJavaScriptKeyOrder: JSONObject {
        let indexed = compactMap { element in Self.arrayIndex(element.key).map { (number: $0, element: element) } }
        guard !indexed.isEmpty else { return self }
        let first = indexed.sorted { $0.number < $1.number }.map { ($0.element.key, $0.element.value) }
        let rest = filter { Self.arrayIndex($0.key) == nil }.map { ($0.key, $0.value) }
        return JSONObject(first + rest)
    }

    /// The number of a canonical array index (ECMA-262: 0 to 2^32 - 2, as its own decimal text), or nil.
    static func arrayIndex(_ key: String) -> UInt32? {
        let digits = key.utf8
        guard let first = digits.first, digits.count <= 10, digits.count == 1 || first != UInt8(ascii: "0") else {
            return nil
        }
        var number: UInt64 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return number < UInt64(UInt32.max) ? UInt32(number) : nil
    }
}

extension JSONParser {
    /// What the parser refuses although the grammar allows it.
    package struct Limits: Sendable, Equatable {
        /// How many arrays and objects may be open at once. `[]` has depth 1.
        ///
        /// The parser, the writer and the release of a value recurse once per level: 512 levels fit a stack of
        /// 512 KB in a release build, several times over.
        package var depth: Int
        /// How long the text may be, in bytes.
        package var bytes: Int

        package init(depth: Int = 512, bytes: Int = .max) {
            self.depth = depth
            self.bytes = bytes
        }
    }
}
