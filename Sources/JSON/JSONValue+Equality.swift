extension JSONValue: Equatable {
    /// Structural equality: the same kinds with the same content, keys of objects in any order.
    ///
    /// Strings are equal when their UTF-8 bytes are, as in JavaScript; Swift's canonical equivalence would call
    /// `"\u{e9}"` and `"e\u{301}"` the same.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Deep equality that compares every number as a `Double` and ignores the order of keys.
    ///
    /// `1`, `1.0` and `1e0` are equal, and so are two integers beyond 2^53 that JavaScript cannot tell apart.
    package func isNumericallyEqual(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isNumericallyEqual(to: $1) }
        case (.object(let left), .object(let right)):
            left.hasSameKeys(as: right) { $0.isNumericallyEqual(to: $1) }
        default:
            if let left = doubleValue, let right = other.doubleValue { left == right } else { self == other }
        }
    }
}

extension String {
    /// Equality of UTF-8 bytes. `==` of `String` follows Unicode's canonical equivalence, which JSON does not know.
    @inlinable
    @inline(__always)
    package func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        let answer = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                var at = 0
                while at < count {
                    if left[at] != right[at] { return false }
                    at &+= 1
                }
                return true
            }
        }
        if let answer, let answer { return answer }
        return utf8.elementsEqual(other.utf8)
    }

    /// A hash for ``hasSameBytes(as:)``.
    @inlinable
    package func hashBytes(into hasher: inout Hasher) {
        let isDone: Void? = utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in utf8 { hasher.combine(byte) } }
        // So that two texts in a row are not one.
        hasher.combine(UInt8(0xFF))
    }
}
