extension JSONValue {
    /// The JSON text as UTF-8 bytes, with the escapes of JavaScript's `JSON.stringify`.
    ///
    /// - Parameters:
    ///   - pretty: Two spaces of indentation and one member a line, as `JSON.stringify(value, null, 2)`.
    ///   - javaScriptKeyOrder: Puts keys that are array indices (`0` to `4294967294`, without leading zeros) first, in
    ///     ascending order, as JavaScript's objects do.
    ///   - javaScriptNumbers: Writes integers beyond 2^53 through `Double`, as JavaScript would print them.
    ///   - escapesInvisible: Escapes what a reader would not see, for texts of others that somebody looks at. It means the same.
    package func serialized(
        pretty: Bool = false,
        javaScriptKeyOrder: Bool = false,
        javaScriptNumbers: Bool = false,
        escapesInvisible: Bool = false
    ) -> [UInt8] {
        var writer = JSONWriter(
            isPretty: pretty,
            hasJavaScriptKeyOrder: javaScriptKeyOrder,
            hasJavaScriptNumbers: javaScriptNumbers,
            escapesInvisible: escapesInvisible
        )
        writer.bytes.reserveCapacity(512)
        writer.write(self)
        return writer.bytes
    }

    /// The compact JSON text.
    package var jsonText: String { String(decoding: serialized(), as: UTF8.self) }

    /// The compact JSON text for a terminal or a log: nothing in it is invisible.
    package var visibleText: String { String(decoding: serialized(escapesInvisible: true), as: UTF8.self) }

    /// Appends the compact JSON text to `bytes`.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        // The buffer is lent to the writer, so that appending does not copy what is already there.
        swap(&writer.bytes, &bytes)
        writer.write(self)
        swap(&writer.bytes, &bytes)
    }
}

/// Turns a value into JSON text.
struct JSONWriter {
    var isPretty = false
    var hasJavaScriptKeyOrder = false
    var hasJavaScriptNumbers = false
    var escapesInvisible = false
    var bytes: [UInt8] = []
    private var depth = 0

    init(
        isPretty: Bool = false,
        hasJavaScriptKeyOrder: Bool = false,
        hasJavaScriptNumbers: Bool = false,
        escapesInvisible: Bool = false
    ) {
        self.escapesInvisible = escapesInvisible
        self.isPretty = isPretty
        self.hasJavaScriptKeyOrder = hasJavaScriptKeyOrder
        self.hasJavaScriptNumbers = hasJavaScriptNumbers
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write(verbatim: "null")
        case .bool(let flag): write(verbatim: flag ? "true" : "false")
        case .int(let number):
            if hasJavaScriptNumbers { write(Double(number)) } else { JSONValue.append(number, to: &bytes) }
        case .uint(let number):
            if hasJavaScriptNumbers { write(Double(number)) } else { JSONValue.append(number, to: &bytes) }
        case .double(let number): write(number)
        case .string(let text): write(quoting: text)
        case .array(let elements): write(elements)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ number: Double) {
        if number.isFinite { JSONValue.appendJavaScriptText(of: number, to: &bytes) } else { write(verbatim: "null") }
    }

    private mutating func write(_ elements: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        depth += 1
        var isFirst = true
        for element in elements {
            separate(isFirst: isFirst)
            isFirst = false
            write(element)
        }
        depth -= 1
        if isPretty, !isFirst { breakLine() }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        depth += 1
        var isFirst = true
        for (key, value) in hasJavaScriptKeyOrder ? object.inJavaScriptKeyOrder : object {
            separate(isFirst: isFirst)
            isFirst = false
            write(quoting: key)
            bytes.append(UInt8(ascii: ":"))
            if isPretty { bytes.append(UInt8(ascii: " ")) }
            write(value)
        }
        depth -= 1
        if isPretty, !isFirst { breakLine() }
        bytes.append(UInt8(ascii: "}"))
    }

    @inline(__always)
    private mutating func separate(isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        if isPretty { breakLine() }
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func write(verbatim word: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func write(quoting text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        // Nearly all text is ASCII, of which only one character has no escape already.
        if escapesInvisible, text.utf8.contains(where: { $0 >= 0x7F }) { return writeVisible(text) }
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { writeEscaped($0) }
        if isDone == nil { Array(text.utf8).withUnsafeBufferPointer { writeEscaped($0) } }
    }

    private mutating func writeVisible(_ text: String) {
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x7F, scalar.isInvisible {
                for unit in String(scalar).utf16 { writeEscape(unit: unit) }
            } else if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
                writeEscape(UInt8(scalar.value))
            } else {
                bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    private mutating func writeEscape(unit: UInt16) {
        write(verbatim: "\\u")
        for shift in [12, 8, 4, 0] {
            let digit = UInt8(unit >> shift & 0xF)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private mutating func writeEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: text[runStart..<at])
                writeEscape(byte)
                runStart = at + 1
            }
            at &+= 1
        }
        bytes.append(contentsOf: text[runStart...])
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): write(verbatim: "\\\"")
        case UInt8(ascii: "\\"): write(verbatim: "\\\\")
        case 0x08: write(verbatim: "\\b")
        case 0x0c: write(verbatim: "\\f")
        case 0x0a: write(verbatim: "\\n")
        case 0x0d: write(verbatim: "\\r")
        case 0x09: write(verbatim: "\\t")
        default:
            write(verbatim: byte < 0x10 ? "\\u000" : "\\u001")
            let digit = byte & 0xf
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
