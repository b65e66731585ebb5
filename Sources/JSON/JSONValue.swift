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
