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
