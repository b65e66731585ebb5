extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits a byte.
    ///
    /// Inlinable: each contact's hash and each idempotency key passes here, and a generic that its module keeps to
    /// itself runs unspecialised elsewhere, with a look-up of metadata for each byte.
    @inlinable
    package var hexadecimal: String {
        func digit(_ nibble: UInt8) -> UInt8 {
            nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
        var text: [UInt8] = []
        text.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
