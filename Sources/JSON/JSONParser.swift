/// Turns UTF-8 text into a ``JSONValue``: RFC 8259, strictly, in one pass.
///
/// The whole input is one value with only whitespace around it. Refused are a byte order mark and invalid UTF-8.
/// An escaped lone surrogate becomes U+FFFD. Of duplicate keys the last value wins, at the first one's position.
/// Integers of 64 bits are exact; all other numbers become the nearest `Double`, which is infinite on overflow.
package struct JSONParser {
    /// Parses bytes.
    ///
    /// - Throws: ``JSONError`` with the place and the reason; the input never traps.
    package static func parse(_ bytes: [UInt8], limits: Limits = .init()) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { buffer in Result { () throws(JSONError) in try parse(buffer, limits: limits) } }
            .get()
    }

    /// Parses text. Swift strings are always valid Unicode, so invalid UTF-8 cannot be reported here.
    ///
    /// - Throws: ``JSONError`` with the place and the reason.
    package static func parse(_ text: String, limits: Limits = .init()) throws(JSONError) -> JSONValue {
        var text = text
        return try text.withUTF8 { buffer in
            Result { () throws(JSONError) in try parse(UnsafeRawBufferPointer(buffer), limits: limits) }
        }.get()
    }

    /// Parses the bytes of a span.
    ///
    /// - Throws: ``JSONError`` with the place and the reason; the input never traps.
    package static func parse(_ span: RawSpan, limits: Limits = .init()) throws(JSONError) -> JSONValue {
        try span.withUnsafeBytes { buffer in Result { () throws(JSONError) in try parse(buffer, limits: limits) } }
            .get()
    }

    /// Parses the bytes of a buffer, which must stay alive during the call only.
    ///
    /// - Throws: ``JSONError`` with the place and the reason; the input never traps.
    package static func parse(
        _ buffer: UnsafeRawBufferPointer,
        limits: Limits = .init()
    ) throws(JSONError) -> JSONValue {
        guard buffer.count <= limits.bytes else {
            throw JSONError(offset: limits.bytes, reason: .tooLarge(limit: limits.bytes), in: buffer)
        }
        guard let base = buffer.baseAddress else { throw JSONError(offset: 0, reason: .unexpectedEnd, in: buffer) }
        var cursor = JSONCursor(
            base: base.assumingMemoryBound(to: UInt8.self),
            end: buffer.count,
            depthMax: limits.depth
        )
        do throws(JSONFault) {
            return try cursor.document()
        } catch {
            throw JSONError(offset: error.offset, reason: error.reason, in: buffer)
        }
    }
}

extension JSONError {
    /// Finds line and column of `offset` in `buffer`.
    fileprivate init(offset: Int, reason: Reason, in buffer: UnsafeRawBufferPointer) {
        var line = 1
        var column = 1
        for byte in buffer.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        self.init(offset: offset, line: line, column: column, reason: reason)
    }
}
