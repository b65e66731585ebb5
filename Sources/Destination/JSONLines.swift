import JSON

/// Finds the lines where the values of a JSON text begin. The text has been parsed before and is known to be right.
struct JSONLines {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var found: [String: Int] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func lines() -> [String: Int] {
        value(at: "")
        return found
    }

    private mutating func value(at pointer: String) {
        skipSpace()
        found[pointer] = line
        switch peek {
        case UInt8(ascii: "{"):
            at += 1
            while true {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else { break }
                let key = text()
                skipSpace()
                at += 1
                value(at: pointer + "/" + JSONPointer.escaped(key))
                skipSpace()
                guard peek == UInt8(ascii: ",") else { break }
                at += 1
            }
            at += 1
        case UInt8(ascii: "["):
            at += 1
            var index = 0
            skipSpace()
            while let byte = peek, byte != UInt8(ascii: "]") {
                value(at: "\(pointer)/\(index)")
                index += 1
                skipSpace()
                guard peek == UInt8(ascii: ",") else { break }
                at += 1
            }
            at += 1
        case UInt8(ascii: "\""): _ = text()
        default:
            while let byte = peek, !",]} \t\r\n".utf8.contains(byte) { at += 1 }
        }
    }

    /// The text whose opening quote is here.
    private mutating func text() -> String {
        let start = at
        at += 1
        while let byte = peek, byte != UInt8(ascii: "\"") { at += byte == UInt8(ascii: "\\") ? 2 : 1 }
        at = min(at + 1, bytes.count)
        return (try? JSONParser.parse(Array(bytes[start..<at])))?.stringValue ?? ""
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
            if byte == 0x0a { line += 1 }
            at += 1
        }
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }
}
