/// Why a text is not JSON, and where. The same text always fails again: never retry.
package struct JSONError: Error, Equatable, Sendable {
    /// The closed list of reasons.
    package enum Reason: Equatable, Sendable {
        /// The text ended inside a value, or is empty.
        case unexpectedEnd
        /// A character that cannot stand here; `expected` says what could.
        case unexpectedByte(UInt8, expected: Expectation)
        /// A byte order mark before the value.
        case byteOrderMark
        /// Bytes inside a string that are not UTF-8.
        case invalidUTF8
        /// A backslash followed by something that RFC 8259 does not list.
        case invalidEscape
        /// A character below U+0020 inside a string; it must be written as an escape.
        case controlCharacter(UInt8)
        /// A number that RFC 8259 does not allow, as `01`, `1.` or `-`.
        case invalidNumber
        /// Something other than whitespace after the value.
        case trailingContent
        /// More nested arrays and objects than ``JSONParser/Limits/depth``.
        case tooDeep(limit: Int)
        /// More bytes than ``JSONParser/Limits/bytes``.
        case tooLarge(limit: Int)
    }

    /// What could have stood in the place of an unexpected byte.
    package enum Expectation: String, Equatable, Sendable {
        case value = "a value"
        case key = "a key in quotes"
        case keyOrEnd = "a key in quotes or '}'"
        case colon = "':'"
        case commaOrObjectEnd = "',' or '}'"
        case commaOrArrayEnd = "',' or ']'"
    }

    /// The 0-based offset in bytes.
    package let offset: Int
    /// The 1-based line.
    package let line: Int
    /// The 1-based column, in Unicode scalars.
    package let column: Int
    package let reason: Reason
}

extension JSONError: CustomStringConvertible {
    package var description: String { "line \(line), column \(column) (byte \(offset)): \(reason)" }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedEnd: "the text ends before the value does"
        case .unexpectedByte(let byte, let expected): "\(Self.name(of: byte)) where \(expected.rawValue) is expected"
        case .byteOrderMark: "a byte order mark; JSON text starts with its value"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .invalidEscape:
            "an unknown escape; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits"
        case .controlCharacter(let byte): "\(Self.name(of: byte)) in a string; write it as an escape"
        case .invalidNumber: "not a JSON number"
        case .trailingContent: "something follows the value; only whitespace may"
        case .tooDeep(let limit): "more than \(limit) nested arrays and objects"
        case .tooLarge(let limit): "more than \(limit) bytes"
        }
    }

    private static func name(of byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        let hex = String(byte, radix: 16)
        return "byte 0x" + (hex.count == 1 ? "0" : "") + hex
    }
}
