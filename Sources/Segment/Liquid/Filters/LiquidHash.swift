import Crypto

/// Hashes of a text's UTF-8, in hexadecimal digits.
enum LiquidHash {
    static func sha256(_ text: LiquidText) -> LiquidText {
        hexadecimal(SHA256.hash(data: Array(text.string.utf8)))
    }

    static func hmacSHA256(_ text: LiquidText, key: LiquidText) -> LiquidText {
        let key = SymmetricKey(data: Array(key.string.utf8))
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.string.utf8), using: key))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> LiquidText {
        LiquidText(bytes.flatMap { byte in [digits[Int(byte >> 4)], digits[Int(byte & 15)]] })
    }

    private static let digits = Array("0123456789abcdef".utf16)
}
